// Opens a page in Chromium, and tells what went wrong in it.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { needed } from './gateway.mjs';

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

/**
 * The page of this address, which ends with the test `t`. `problems()` are the errors that the page and the browser
 * reported, but those that match `expected`, which the test provokes; `asked` are the addresses that it asked for.
 */
export async function openAddress(t, address, { expected } = {}) {
  assert.ok(existsSync(BROWSER), `${BROWSER} is missing: "tools/install test" installs the package chromium`);
  const profile = await mkdtemp(join(tmpdir(), 'rig-browser-'));
  let browser;
  t.after(async () => {
    await browser?.close();
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  });
  browser = await chromium.launchPersistentContext(profile, { executablePath: BROWSER, args: FLAGS });
  const page = await browser.newPage();
  const problems = [];
  const asked = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  page.on('request', (request) => asked.push(request.url()));
  await page.goto(address);
  return {
    page,
    asked,
    close: () => browser.close(),
    problems: () => problems.filter((text) => !expected?.test(text)),
  };
}

/** One of our pages, from an origin of its own and told that of the gateway. */
export async function openPage(t, pageName, origin, options) {
  const server = await servePage(pageName);
  t.after(() => server.close());
  return openAddress(t, `${server.url}?gateway=${encodeURIComponent(origin)}`, options);
}

export async function screenshot(page, name) {
  await mkdir(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(SCREENSHOTS, name) });
}
