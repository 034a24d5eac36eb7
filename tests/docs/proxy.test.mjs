// Runs every block of code of services/rig/docs/proxy.md as it stands (but for the ports) against the gateway, and checks
// that it shows what the text says.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quietPort, startGateway } from '../clients/gateway.mjs';
import { keyPair, now, tokenOf } from '../clients/tokens.mjs';
import { readPage, start as startBlock } from './page.mjs';

const { block, expectAllTested } = readPage('proxy.md');

/** A backend of the page, at a port of its own; `start` is for the blocks that lead to it. */
async function startBackend(t, backend) {
  const port = await quietPort();
  const start = (one, gateway, options) =>
    startBlock(t, { ...one, code: one.code.replaceAll('4500', `${port}`) }, gateway, options);
  await start(backend.block, backend.gateway).shows(/^ready$/m);
  return start;
}

const echo = () => ({ block: block('headers })') });
const put = (what) => block('-X PUT', what);
const definition = { id: 'shop', name: 'Shop', version_data: { default: { endpoints: [] } },
  proxy: { target_url: 'localhost', port: 1 } };

test('one backend', async (t) => {
  const start = await startBackend(t, echo());
  const [inbound, api] = [await quietPort(), 0];
  const { language, code } = block('PROXY_CONFIG_FILE=apis.json');
  const gateway = start(
    { language, code: code.replace('tools/run', process.env.RIG_PROGRAM) },
    undefined,
    { env: { INBOUND_PORT: `${inbound}`, API_HTTP_PORT: `${api}`, LOG_FMT: 'json' } },
  );
  await gateway.shows(/"ready"/);
  const door = { inbound: `http://127.0.0.1:${inbound}`, api: 'http://127.0.0.1:1' };
  const shown = JSON.parse(await start(block('/books/7\n'), door).result());
  assert.equal(shown.method, 'GET');
  assert.equal(shown.url, '/books/7');
  assert.equal((await fetch(`${door.inbound}/books/x`)).status, 404);
  const refused = await fetch(`${door.inbound}/books/7`, { method: 'POST' });
  assert.equal(refused.status, 405);
  assert.match(refused.headers.get('allow'), /GET/);
});

test('another path and other headers', async (t) => {
  const start = await startBackend(t, echo());
  const gateway = await startGateway(t, { PROXY_CONFIG_FILE: JSON.stringify([definition]) });
  assert.equal(await start(put('path_replacement'), gateway).result(), '{"message":"ok"}');
  const shown = await start(block('cookie: a=1'), gateway).result();
  const [head, body] = shown.split('\r\n\r\n');
  assert.match(head, /^x-frame-options: DENY\r?$/m);
  assert.match(head, /^vary: cookie\r?$/m);
  const arrived = JSON.parse(body);
  assert.equal(arrived.url, '/v1/book/7');
  assert.equal(arrived.headers['x-gateway'], 'rig');
  assert.equal(arrived.headers.cookie, undefined);
  await gateway.stop();
});

test('who may', async (t) => {
  const start = await startBackend(t, echo());
  const key = keyPair('HS256');
  const gateway = await startGateway(t, {
    PROXY_CONFIG_FILE: JSON.stringify([definition]),
    JWT_SECRET_KEY: key.setting,
  });
  assert.equal(await start(put('"use_query": true'), gateway).result(), '{"message":"ok"}');
  const token = await tokenOf('HS256', key, { exp: now() + 3600, jti: 's' });
  const shown = JSON.parse(await start(block('Bearer $token'), gateway, { env: { token } }).result());
  assert.equal(shown.url, '/books/7');
  assert.equal((await fetch(`${gateway.inbound}/books/7`)).status, 401);
  const byQuery = await (await fetch(`${gateway.inbound}/books/7?a=1&token=${token}`)).json();
  assert.equal(byQuery.url, '/books/7?a=1');
  await gateway.stop();
});

test('what a token must say, and what the backend is told of it', async (t) => {
  const start = await startBackend(t, echo());
  const key = keyPair('HS256');
  const gateway = await startGateway(t, {
    PROXY_CONFIG_FILE: JSON.stringify([definition]),
    JWT_SECRET_KEY: key.setting,
  });
  assert.equal(await start(put('"required_claims"'), gateway).result(), '{"message":"ok"}');
  const claims = { exp: now() + 3600, sub: 'joe', realm_access: { roles: ['ops'] } };
  const ask = async (path, more) => {
    const token = await tokenOf('HS256', key, { ...claims, ...more });
    const headers = { authorization: `Bearer ${token}`, 'x-user-id': 'root', x_roles: 'root' };
    return fetch(`${gateway.inbound}${path}`, { headers });
  };
  const good = await (await ask('/books/7', { tier: ['silver'], scope: 'openid books:read' })).json();
  assert.equal(good.headers['x-user-id'], 'joe');
  assert.equal(good.headers['x-roles'], '["ops"]');
  assert.equal(good.headers.x_roles, undefined);
  const open = await (await ask('/books', {})).json();
  assert.equal(open.headers['x-user-id'], undefined);
  const refused = await ask('/books/7', { tier: 'gold' });
  assert.equal(refused.status, 403);
  const { reason, message } = await refused.json();
  assert.equal(reason, 'claim_missing');
  assert.match(message, /scope/);
  await gateway.stop();
});

test('how fast', async (t) => {
  const start = await startBackend(t, echo());
  const gateway = await startGateway(t, { PROXY_CONFIG_FILE: JSON.stringify([definition]) });
  assert.equal(await start(put('"rate_limit"'), gateway).result(), '{"message":"ok"}');
  const shown = await start(block('x-api-key: mine'), gateway).result();
  assert.match(shown, /^200\n200\n200\n429\n\{"message":"Too many requests; try again in 1\d\d\d s\."\}$/);
  await gateway.stop();
});

test('an answer that comes another way', async (t) => {
  const gateway = await startGateway(t);
  const start = await startBackend(t, { block: block('rig-correlation'), gateway });
  assert.equal(await start(block('"http_async" } ]'), gateway).result(), '{"message":"ok"}');
  const shown = await start(block('curl -s -i', '/reports'), gateway).result();
  assert.match(shown, /^HTTP\/1\.1 201 /);
  assert.match(shown, /\{"report":42\}$/);
  await gateway.stop();
});

test('every block of the page is tested', expectAllTested);
