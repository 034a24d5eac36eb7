// A real browser: a page from another origin subscribes, publishes and shows what it gets.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage, screenshot } from './browser.mjs';
import { startGateway } from './gateway.mjs';

/** Opens the page for a new gateway, and ends both; `run` gets the page and the gateway. */
const withPage = (pageName, run) => async (t) => {
  const gateway = await startGateway(t);
  // The browser itself reports refused requests as errors; some tests provoke them.
  const { page, problems, close } = await openPage(t, pageName, gateway.inbound, {
    expected: /the server responded with a status of 400/,
  });
  await page.getByText('subscribed to greeting').waitFor();
  await run(page, gateway);
  assert.deepEqual(problems(), []);
  await close();
  await gateway.stop();
};

async function say(page, words) {
  await page.getByLabel('Say').fill(words);
  await page.getByRole('button', { name: 'Publish' }).click();
  await page.locator('#events li').getByText(words, { exact: true }).waitFor();
}

async function sayManyThings(page) {
  const all = ['Hello, browser! \u2713', ...Array.from({ length: 5 }, (_, i) => `number ${i + 1}`)];
  for (const words of all) await say(page, words);
  await page.locator('#answer').getByText('202', { exact: true }).waitFor();
  assert.deepEqual(await page.locator('#events li').allTextContents(), all);
}

test('a page of another origin shows the event that it published', withPage('greeting.html', async (page) => {
  await sayManyThings(page);
  await screenshot(page, 'browser.png');
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

test('a page with a WebSocket shows the event and subscribes anew', withPage('websocket.html', async (page) => {
  await sayManyThings(page);
  await screenshot(page, 'websocket.png');
  assert.equal(await page.locator('#protocol').textContent(), 'cloudevents.json');

  await page.getByLabel('Type').fill('farewell');
  await page.getByRole('button', { name: 'Subscribe' }).click();
  await page.getByText('subscribed to farewell').waitFor();
  await page.getByRole('button', { name: 'Close' }).click();
  await page.getByText('closed with 1000').waitFor();
}));

test('a page learns from its WebSocket that the gateway goes away', async (t) => {
  const gateway = await startGateway(t);
  const { page, problems, close } = await openPage(t, 'websocket.html', gateway.inbound);
  await page.getByText('subscribed to greeting').waitFor();
  const stopped = gateway.stop();
  await page.getByText('closed with 1001').waitFor();
  await stopped;
  assert.deepEqual(problems(), []);
  await close();
});
