// The page /docs in a real browser: it shows the description, tries it out, and asks nobody but the gateway.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openAddress, screenshot } from './browser.mjs';
import { startGateway } from './gateway.mjs';

const CREDENTIAL = 'a-credential-of-the-test';

/** Opens an operation and executes it; returns the status that the page shows. */
async function execute(page, id) {
  const operation = page.locator(`[id$="-${id}"]`);
  const execute = operation.getByRole('button', { name: 'Execute' });
  if (!(await execute.isVisible())) {
    await operation.locator('.opblock-summary-control').click();
    await operation.getByRole('button', { name: 'Try it out' }).click();
  }
  const answered = page.waitForResponse((response) => response.request().resourceType() === 'fetch');
  await execute.click();
  const status = `${(await answered).status()}`;
  await operation.locator('.live-responses-table .response-col_status').getByText(status).waitFor();
  return status;
}

test('the page shows every operation and executes it, with the credential', async (t) => {
  const gateway = await startGateway(t, { API_TOKEN: CREDENTIAL });
  const { page, problems, asked, close } = await openAddress(t, `${gateway.api}/docs`, {
    expected: /the server responded with a status of 401/,
  });
  await page.getByText('Reactive Interaction Gateway').first().waitFor();
  await screenshot(page, 'docs.png');
  const description = await (await fetch(`${gateway.api}/openapi.json`)).json();
  await page.waitForFunction((count) => document.querySelectorAll('.opblock').length >= count, Object.keys(description.paths).length);

  assert.equal(await execute(page, 'get_v3_apis'), '401');
  await page.getByRole('button', { name: 'Authorize' }).first().click();
  const form = page.locator('.auth-container', { hasText: 'credential' }).first();
  await form.getByRole('textbox').fill(CREDENTIAL);
  await form.getByRole('button', { name: 'Apply credentials' }).click();
  await screenshot(page, 'docs-authorize.png');
  await page.getByRole('button', { name: 'Close' }).first().click();
  assert.equal(await execute(page, 'get_v3_apis'), '200');
  await page.locator('.live-responses-table').scrollIntoViewIfNeeded();
  await screenshot(page, 'docs-executed.png');

  for (const address of asked) assert.ok(address.startsWith(`${gateway.api}/`) || address.startsWith('data:'), address);
  assert.deepEqual(problems(), []);
  await close();
  await gateway.stop();
});

test('the page reaches the port of clients', async (t) => {
  const gateway = await startGateway(t);
  const { page, problems, asked, close } = await openAddress(t, `${gateway.api}/docs`);
  assert.equal(await execute(page, 'post__rig_v1_events'), '202');
  const foreign = asked.filter((address) => !address.startsWith(`${gateway.api}/`) && !address.startsWith('data:'));
  assert.deepEqual(new Set(foreign), new Set([`${gateway.inbound}/_rig/v1/events`]));
  assert.deepEqual(problems(), []);
  await close();
  await gateway.stop();
});
