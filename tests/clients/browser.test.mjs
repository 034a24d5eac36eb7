// A real browser: a page from another origin subscribes, publishes and shows what it gets.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { needed, startGateway } from './gateway.mjs';

const { chromium } = await needed('playwright-core');
const BROWSER = process.env.RIG_BROWSER ?? '/usr/bin/chromium';
const SCREENSHOTS = process.env.RIG_SCREENSHOTS ?? tmpdir();
const FLAGS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
];

async function servePage(name) {
  const page = await readFile(new URL(`pages/${name}`, import.meta.url));
  const server = createServer((request, response) => {
    const found = new URL(request.url, 'http://page').pathname === '/';
    response.writeHead(found ? 200 : 404, { 'content-type': 'text/html; charset=utf-8' });
    response.end(found ? page : '');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}

/** Opens the page in a new browser, and ends both; `run` gets the page and the gateway. */
const withPage = (pageName, run) => async (t) => {
  assert.ok(existsSync(BROWSER), `${BROWSER} is missing: "tools/install test" installs the package chromium`);
  const gateway = await startGateway(t);
  const server = await servePage(pageName);
  t.after(() => server.close());
  const profile = await mkdtemp(join(tmpdir(), 'rig-browser-'));
  t.after(() => rm(profile, { recursive: true, force: true, maxRetries: 5 }));
  const browser = await chromium.launchPersistentContext(profile, { executablePath: BROWSER, args: FLAGS });
  try {
    const page = await browser.newPage();
    const problems = [];
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    await page.goto(`${server.url}?gateway=${encodeURIComponent(gateway.inbound)}`);
    await page.getByText('subscribed to greeting').waitFor();
    await run(page, gateway);
    // The browser itself reports refused requests as errors; some tests provoke them.
    assert.deepEqual(problems.filter((text) => !text.includes('the server responded with a status of 400')), []);
  } finally {
    await browser.close();
  }
  await gateway.stop();
};

async function say(page, words) {
  await page.getByLabel('Say').fill(words);
  await page.getByRole('button', { name: 'Publish' }).click();
  await page.locator('#events li').getByText(words, { exact: true }).waitFor();
}

test('a page of another origin shows the event that it published', withPage('greeting.html', async (page) => {
  const all = ['Hello, browser! \u2713', ...Array.from({ length: 5 }, (_, i) => `number ${i + 1}`)];
  for (const words of all) await say(page, words);
  await page.locator('#answer').getByText('202', { exact: true }).waitFor();
  assert.deepEqual(await page.locator('#events li').allTextContents(), all);
  await mkdir(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(SCREENSHOTS, 'browser.png') });
}));

test('a page can read why a request of it was refused', withPage('greeting.html', async (page, gateway) => {
  const refused = await page.evaluate(async (origin) => {
    const stream = await fetch(`${origin}/_rig/v1/connection/sse?subscriptions=[{}]`);
    const event = await fetch(`${origin}/_rig/v1/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    return [stream.status, await stream.text(), event.status, await event.text()];
  }, gateway.inbound);
  assert.equal(refused[0], 400);
  assert.match(refused[1], /event-type not found/);
  assert.equal(refused[2], 400);
  assert.match(refused[3], /does not look like a CloudEvent/);
}));
