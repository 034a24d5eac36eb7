// Runs the code of services/rig/docs/targets.md as it stands (but for the ports), and checks that there is a test for each
// failure in its table.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quietPort, startGateway } from '../clients/gateway.mjs';
import { expectRowsTested, readPage, start } from './page.mjs';

const { block, expectAllTested, text } = readPage('targets.md');

test('two backends', async (t) => {
  const first = await quietPort();
  const ports = [first, await quietPort({ above: first })];
  const here = ({ language, code }) => ({
    language,
    code: code.replaceAll('4501', ports[0]).replaceAll('4502', ports[1]),
  });
  const backends = start(t, here(block('createServer')));
  for (const port of ports) await backends.shows(new RegExp(`^ready ${port}$`, 'm'));
  const gateway = await startGateway(t, {});
  assert.equal(await start(t, here(block('-X POST')), gateway).result(), '{"message":"ok"}');
  // Which one is first on a core is its own affair.
  const shown = await start(t, here(block('for i in')), gateway).result();
  assert.equal(shown.trim().split('\n').length, 4);
  for (const line of shown.trim().split('\n')) assert.ok(ports.includes(Number(line)), shown);
  await gateway.stop();
});

test('every block of the page is tested', expectAllTested);

test('there is a test for each failure', () => {
  assert.ok(expectRowsTested(/^## What clients get$(.*?)^## /ms.exec(text)[1]) > 20);
});
