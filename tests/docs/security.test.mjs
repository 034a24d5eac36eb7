// Runs the code of services/rig/docs/security.md as it stands (but for the ports), and checks that there is a test for
// each attack in its table.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { keepOutOfLogs, quietPort, startGateway } from '../clients/gateway.mjs';
import { readPage, start, workshop } from './page.mjs';

const root = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '../..');
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

function* filesBelow(folder, ...endings) {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !['node_modules', 'corpus'].includes(entry.name)) yield* filesBelow(path, ...endings);
    else if (endings.some((ending) => path.endsWith(ending))) yield path;
  }
}

const found = (path, pattern) => [...readFileSync(join(root, path), 'utf8').matchAll(pattern)];
const literally = (text) => text.replace(/[.*+?^$()[\]{}|\\]/g, '\\$&');

/** Of a title that may have `${…}` in it. */
const asPattern = (title) => new RegExp(`^${title.split(/\$\{.*?\}/).map(literally).join('.+')}$`);


/** Whether there is a test of that name: of GoogleTest, of Node's runner, or a fuzz target. */
function knownTests() {
  const names = new Set();
  for (const folder of ['modules', 'tests']) {
    for (const path of filesBelow(folder, '_test.cpp')) {
      const tests = found(path, /^TEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\s*\)/gm);
      for (const [, suite, name] of tests) names.add(`${suite}.${name}`);
    }
  }
  for (const [, name] of found('tests/fuzz/CMakeLists.txt', /^rig_add_fuzz\((\w+)/gm)) names.add(`Fuzz.${name}`);
  const titles = [];
  for (const path of filesBelow('tests/clients', '.test.mjs')) {
    for (const [, , title] of found(path, /^ *test\((['`"])(.*?)\1,/gm)) titles.push(asPattern(title));
  }
  return (name) => names.has(name) || titles.some((title) => title.test(name));
}

test('there is a test for each attack', () => {
  const isKnown = knownTests();
  assert.ok(!isKnown('Sessions.NoSuchTest') && !isKnown('no such test'));
  const table = /^## Attacks$(.*?)^## /ms.exec(text)[1];
  const rows = table.split('\n').filter((line) => line.startsWith('| ')).slice(1);
  assert.ok(rows.length > 30);
  for (const row of rows) {
    const tests = row.split(' | ').at(-1);
    const names = [...tests.matchAll(/`(.*?)`/g)].map(([, name]) => name);
    assert.notEqual(names.length, 0, row);
    for (const name of names) assert.ok(isKnown(name), `there is no test "${name}"`);
  }
});
