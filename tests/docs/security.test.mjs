// Runs the code of services/rig/docs/security.md as it stands (but for the ports), and checks that there is a test for
// each attack in its table.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keepOutOfLogs, quietPort, startGateway } from '../clients/gateway.mjs';
import { expectRowsTested, readPage, start, workshop } from './page.mjs';

const { block, expectAllTested, text } = readPage('security.md');

/** What a block that starts the gateway sets. */
async function settingsOf(t, { language, code }, cwd) {
  const names = [...code.matchAll(/\b([A-Z_]{3,})=/g)].map(([, name]) => name);
  const environment = await start(t, { language, code: code.replace('tools/run', 'env') }, undefined, { cwd }).result();
  const settings = Object.fromEntries(names.map((name) => {
    const [, value] = new RegExp(`^${name}=(.*)$`, 'm').exec(environment);
    return [name, value];
  }));
  assert.equal(settings.SUBSCRIPTION_CHECK, 'JWT_VALIDATION');
  return settings;
}

/** Without the token 401, with it a stream, until its session is cut off. */
async function protects(t, gateway, token) {
  keepOutOfLogs(token.split('.')[2]);
  const client = start(t, block('curl -N', '$token'), gateway, { env: { token } });
  await client.shows(/"reason":"token_missing"/);
  await client.shows(/^HTTP\/1\.1 200 [^]*^event: rig\.subscriptions_set$/m);
  assert.match(await start(t, block('session-blacklist'), gateway).result(), /^HTTP\/1\.1 201 /);
  await client.shows(/^event: rig\.session_killed$/m);
  await client.result();
  const again = start(t, block('curl -N', '$token'), gateway, { env: { token } });
  await again.shows(/^HTTP\/1\.1 401 [^]*"reason":"session_blacklisted"/m);
  await gateway.stop();
}

test('an identity provider of twelve lines', async (t) => {
  const port = await quietPort();
  const here = ({ language, code }) => ({ language, code: code.replaceAll('8080', port) });
  const provider = start(t, here(block('generateKeyPair')));
  const [token] = await provider.shows(/^[\w-]+\.[\w-]+\.[\w-]+$/m);
  const gateway = await startGateway(t, await settingsOf(t, here(block('JWT_JWKS_URL', 'tools/run'))));
  await protects(t, gateway, token);
});

test('a key pair and a token by openssl', async (t) => {
  const cwd = workshop(t);
  const printed = await start(t, block('openssl genpkey'), undefined, { cwd }).result();
  const gateway = await startGateway(t, await settingsOf(t, block('public.pem', 'tools/run'), cwd));
  await protects(t, gateway, printed.trim());
});

test('every block of the page is tested', expectAllTested);

test('there is a test for each attack', () => {
  assert.ok(expectRowsTested(/^## Attacks$(.*?)^## /ms.exec(text)[1]) > 30);
});
