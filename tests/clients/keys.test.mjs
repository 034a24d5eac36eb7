// Keys by URL (JWT_JWKS_URL), with an issuer that changes them, dies, dawdles and talks nonsense.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openStream, stopAudited, tryToConnect } from './doors.mjs';
import { publish, quietPort, samples, startGateway, withDeadline } from './gateway.mjs';
import { makeCertificate, startIssuer } from './issuer.mjs';
import { jwk, keyPair, PUBLIC_KEY_ALGORITHMS, tokenOf } from './tokens.mjs';

const settings = (url, more = {}) => ({
  JWT_JWKS_URL: url,
  SUBSCRIPTION_CHECK: 'jwt_validation',
  RIG_JWT_JWKS_REFRESH_INTERVAL_MIN: '0', // a token with a new kid is never told to wait
  LOG_LEVEL: 'debug',
  ...more,
});

/** Keys of our issuer, and tokens by them. */
const key = (kid) => jwk(keyPair('ES256', kid), { kid, alg: 'ES256' });
const token = (kid) => tokenOf('ES256', keyPair('ES256', kid), {}, { kid });

/** A gateway with the key "first", that is then asked for a key which makes it fetch anew. */
async function withFirstKey(t, more) {
  const issuer = await startIssuer(t, [key('first')]);
  const gateway = await startGateway(t, settings(issuer.url, more));
  assert.equal(await tryToConnect(t, gateway, await token('first')), 'let in');
  return { issuer, gateway };
}

/** How fetches ended: each is one line of the log and one count. */
async function stopWithFetches(gateway) {
  const counted = (await samples(gateway, 'rig_jwt_key_refreshes_total')).filter(({ value }) => value > 0);
  const denied = await stopAudited(gateway);
  const fetches = Object.fromEntries(counted.map(({ result, value }) => [result, value]));
  for (const [result, value] of Object.entries(fetches)) {
    const lines = ['keys fetched', 'keys not fetched'].flatMap((message) => gateway.logged(message, { result }));
    assert.equal(lines.length, value, result);
  }
  return { fetches, denied };
}

for (const algorithm of PUBLIC_KEY_ALGORITHMS) {
  test(`${algorithm} by URL: a key of the issuer lets in, another does not`, async (t) => {
    const issuer = await startIssuer(t, [jwk(keyPair(algorithm), { kid: 'a', alg: algorithm })]);
    const gateway = await startGateway(t, settings(issuer.url));
    const by = (name, header) => tokenOf(algorithm, keyPair(algorithm, name), {}, header);
    assert.equal(await tryToConnect(t, gateway, await by('ours', { kid: 'a' })), 'let in');
    assert.equal(await tryToConnect(t, gateway, await by('ours')), 'let in');
    assert.equal(await tryToConnect(t, gateway, await by('other', { kid: 'a' })), '401 token_signature');
    const { denied } = await stopWithFetches(gateway);
    assert.deepEqual(denied, { 'subscribe token_signature': 1 });
  });
}

test('the issuer changes its key', async (t) => {
  const { issuer, gateway } = await withFirstKey(t);
  const known = await token('first');
  assert.equal(await tryToConnect(t, gateway, known), 'let in');
  issuer.answer = (response) => issuer.publish(response, [key('first'), key('second')]);
  assert.equal(await tryToConnect(t, gateway, await token('second')), 'let in');
  assert.equal(await tryToConnect(t, gateway, known), 'let in');
  issuer.answer = (response) => issuer.publish(response, [key('second'), key('third')]);
  assert.equal(await tryToConnect(t, gateway, await token('third')), 'let in');
  // Also the token that the gateway knew to be valid.
  assert.equal(await tryToConnect(t, gateway, known), '401 token_unknown_key');
  const { fetches } = await stopWithFetches(gateway);
  assert.deepEqual(fetches, { changed: 3, unchanged: 1 });
});

test('an unknown kid does not make the gateway ask more often than it may', async (t) => {
  const { issuer, gateway } = await withFirstKey(t, { RIG_JWT_JWKS_REFRESH_INTERVAL_MIN: '1h' });
  for (const kid of ['a', 'b', 'c', '../x', 'http://127.0.0.1/'])
    assert.equal(await tryToConnect(t, gateway, await token(kid)), '401 token_unknown_key');
  assert.deepEqual(issuer.asked, ['/keys']);
  assert.deepEqual((await stopWithFetches(gateway)).fetches, { changed: 1 });
});

test('the issuer dies: its keys stay', async (t) => {
  const { issuer, gateway } = await withFirstKey(t);
  await issuer.die();
  assert.equal(await tryToConnect(t, gateway, await token('second')), '401 token_unknown_key');
  await gateway.logs('keys not fetched', { result: 'unreachable' });
  assert.equal(await tryToConnect(t, gateway, await token('first')), 'let in');
  await stopWithFetches(gateway);
});

test('the issuer is dead when the gateway starts, and comes', async (t) => {
  const port = await quietPort();
  const gateway = await startGateway(t, settings(`http://127.0.0.1:${port}/keys`));
  assert.equal(await tryToConnect(t, gateway, await token('first')), '401 token_no_keys');
  await gateway.logs('keys not fetched', { result: 'unreachable' });
  await startIssuer(t, [key('first')], { port });
  await gateway.logs('keys fetched', { result: 'changed' });
  assert.equal(await tryToConnect(t, gateway, await token('first')), 'let in');
  await stopWithFetches(gateway);
});

test('a slow issuer holds up nobody whose key is known', async (t) => {
  const { issuer, gateway } = await withFirstKey(t, { RIG_JWT_TIMEOUT: '60s' });
  const held = new Promise((resolve) => (issuer.answer = resolve));
  const waits = tryToConnect(t, gateway, await token('second'));
  const response = await withDeadline('the issuer is asked', held);
  for (let i = 0; i < 20; i++) assert.equal(await tryToConnect(t, gateway, await token('first')), 'let in');
  issuer.publish(response, [key('first'), key('second')]);
  assert.equal(await waits, 'let in');
  await stopWithFetches(gateway);
});

test('nobody waits for a silent issuer longer than the settings say', async (t) => {
  const { issuer, gateway } = await withFirstKey(t, { RIG_JWT_TIMEOUT: '200ms' });
  issuer.answer = () => {};
  assert.equal(await tryToConnect(t, gateway, await token('second')), '401 token_unknown_key');
  await gateway.logs('keys not fetched', { result: 'unreachable' });
  // One that sends its answer byte by byte is no better.
  issuer.answer = (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const drip = setInterval(() => response.write(' '), 20);
    response.once('close', () => clearInterval(drip));
  };
  assert.equal(await tryToConnect(t, gateway, await token('second')), '401 token_unknown_key');
  await gateway.logs('keys not fetched', { result: 'unreachable' }, 2);
  assert.equal(await tryToConnect(t, gateway, await token('first')), 'let in');
  await stopWithFetches(gateway);
});

/** What the issuer answers instead of keys, and the gateway goes on with those that it had. */
const bad = {
  'too much': (response, issuer) =>
    issuer.publish(response, [key('second'), { ...key('third'), more: 'x'.repeat(300 << 10) }]),
  'no end': (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const more = () => {
      while (response.write('x'.repeat(64 << 10)));
    };
    response.on('drain', more);
    more();
  },
  'garbage': (response) => response.end('\u0000\u0001garbage'),
  'half an object': (response) => response.end('{"keys":['),
  'no keys': (response, issuer) => issuer.publish(response, []),
  'not a list': (response) => response.end('{"keys":{}}'),
  'only a secret': (response, issuer) => issuer.publish(response, [{ kty: 'oct', kid: 'second', k: 'c2VjcmV0' }]),
  'only keys to encrypt with': (response, issuer) => issuer.publish(response, [{ ...key('second'), use: 'enc' }]),
  'a member twice': (response) => response.end(`{"keys":[],"keys":[${JSON.stringify(key('second'))}]}`),
  'nested without end': (response) => response.end('['.repeat(100_000)),
  'an error': (response) => response.writeHead(500).end(JSON.stringify({ keys: [key('second')] })),
  'something that is not HTTP': (response) => response.socket.end('220 mail.example ESMTP\r\n\r\n'),
};
for (const [what, answer] of Object.entries(bad)) {
  test(`the issuer answers ${what}: its keys stay`, async (t) => {
    const { issuer, gateway } = await withFirstKey(t);
    issuer.answer = (response) => answer(response, issuer);
    assert.equal(await tryToConnect(t, gateway, await token('second')), '401 token_unknown_key');
    await gateway.logs('keys not fetched', { result: 'bad_answer' });
    assert.equal(await tryToConnect(t, gateway, await token('first')), 'let in');
    await stopWithFetches(gateway);
  });
}

test('a redirect is not followed', async (t) => {
  const { issuer, gateway } = await withFirstKey(t);
  const elsewhere = await startIssuer(t, [key('second')]);
  issuer.answer = (response) => response.writeHead(302, { location: elsewhere.url }).end();
  assert.equal(await tryToConnect(t, gateway, await token('second')), '401 token_unknown_key');
  await gateway.logs('keys not fetched', { result: 'bad_answer' });
  assert.deepEqual(elsewhere.asked, []);
  await stopWithFetches(gateway);
});

test('the issuer has a certificate of an authority that is trusted', async (t) => {
  const certificate = makeCertificate(t, 'localhost');
  const issuer = await startIssuer(t, [key('first')], { certificate });
  const gateway = await startGateway(t, settings(issuer.url, { RIG_HTTP_CLIENT_CA_FILE: certificate.file }));
  assert.equal(await tryToConnect(t, gateway, await token('first')), 'let in');
  await stopWithFetches(gateway);
});

test('the issuer has a certificate that nobody vouches for', async (t) => {
  const issuer = await startIssuer(t, [key('first')], { certificate: makeCertificate(t, 'localhost') });
  const gateway = await startGateway(t, settings(issuer.url));
  await gateway.logs('keys not fetched', { result: 'unreachable' });
  assert.equal(await tryToConnect(t, gateway, await token('first')), '401 token_no_keys');
  assert.deepEqual(issuer.asked, []);
  await stopWithFetches(gateway);
});

test('the issuer has a certificate of another name', async (t) => {
  const certificate = makeCertificate(t, 'other.example');
  const issuer = await startIssuer(t, [key('first')], { certificate });
  const gateway = await startGateway(t, settings(issuer.url, { RIG_HTTP_CLIENT_CA_FILE: certificate.file }));
  await gateway.logs('keys not fetched', { result: 'unreachable' });
  assert.equal(await tryToConnect(t, gateway, await token('first')), '401 token_no_keys');
  assert.deepEqual(issuer.asked, []);
  await stopWithFetches(gateway);
});

test('a stream stays open when the key of its token goes', async (t) => {
  const { issuer, gateway } = await withFirstKey(t);
  const stream = await openStream(t, gateway, { jwt: await token('first') });
  issuer.answer = (response) => issuer.publish(response, [key('second')]);
  const other = await openStream(t, gateway, { jwt: await token('second') });
  assert.equal(other.status, 200);
  assert.equal(await tryToConnect(t, gateway, await token('first')), '401 token_unknown_key');
  await publish(gateway, 'a', 7);
  assert.equal((await stream.next('a')).data, 7);
  await stopWithFetches(gateway);
});
