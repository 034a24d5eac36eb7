// Tokens that the npm package `jose` makes, and tokens that an attacker makes. Keys by URL: keys.test.mjs.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { bearer, guarded, openStream, stopAudited, submit, tryToConnect } from './doors.mjs';
import { publish, samples, startGateway } from './gateway.mjs';
import {
  ALGORITHMS, byHmac, byRsa, forged, inAnHour, jwk, keyPair, now, tokenOf, unsecuredToken,
} from './tokens.mjs';

/** Each of the tokens is refused for that reason by header and by query, logged, counted, and nothing else happens. */
async function refused(t, gateway, attacks) {
  const expected = {};
  const results = { valid: 1 };
  for (const [what, token, reason] of attacks) {
    for (const shown of [{ authorization: bearer(token) }, { jwt: token }]) {
      const reply = await openStream(t, gateway, shown);
      assert.equal(`${reply.status} ${reply.reason}`, `401 ${reason}`, what);
      assert.match(reply.challenge, /^Bearer realm="rig", error="invalid_token"/);
      expected[`subscribe ${reason}`] = (expected[`subscribe ${reason}`] ?? 0) + 1;
      const result = reason.replace('token_', '');
      results[result] = (results[result] ?? 0) + 1;
    }
  }
  assert.equal(await tryToConnect(t, gateway, await tokenOf('RS256', keyPair('RS256'))), 'let in');
  const verified = (await samples(gateway, 'rig_jwt_verifications_total')).filter(({ value }) => value > 0);
  assert.deepEqual(Object.fromEntries(verified.map(({ result, value }) => [result, value])), results);
  assert.deepEqual(await stopAudited(gateway), expected);
}

for (const algorithm of ALGORITHMS) {
  test(`${algorithm}: our key lets in, another does not`, async (t) => {
    const gateway = await guarded(t, algorithm);
    const [ours, other] = [keyPair(algorithm), keyPair(algorithm, 'other')];
    const stream = await openStream(t, gateway, { jwt: await tokenOf(algorithm, ours) });
    await publish(gateway, 'a', 7);
    assert.equal((await stream.next('a')).data, 7);
    assert.equal(await tryToConnect(t, gateway, await tokenOf(algorithm, ours)), 'let in');
    assert.equal(await tryToConnect(t, gateway, await tokenOf(algorithm, other)), '401 token_signature');
    assert.deepEqual(await stopAudited(gateway), { 'subscribe token_signature': 1 });
  });
}

test('secrets as a JWKS in the settings', async (t) => {
  const secrets = ['HS256', 'HS384', 'HS512'];
  const keys = secrets.map((alg) => ({
    kty: 'oct', alg, kid: alg, k: Buffer.from(keyPair(alg).setting).toString('base64url'),
  }));
  const gateway = await startGateway(t, {
    JWT_SECRET_KEYS: JSON.stringify({ keys }),
    SUBSCRIPTION_CHECK: 'jwt_validation',
  });
  for (const algorithm of secrets) {
    const token = await tokenOf(algorithm, keyPair(algorithm), {}, { kid: algorithm });
    assert.equal(await tryToConnect(t, gateway, token), 'let in');
    const other = await tokenOf(algorithm, keyPair(algorithm, 'other'), {}, { kid: algorithm });
    assert.equal(await tryToConnect(t, gateway, other), '401 token_signature');
  }
  await stopAudited(gateway);
});

test('a token that has expired or is not valid yet', async (t) => {
  const ours = keyPair('RS256');
  await refused(t, await guarded(t), [
    ['expired', await tokenOf('RS256', ours, { exp: now() - 1 }), 'token_expired'],
    ['expired long ago', await tokenOf('RS256', ours, { exp: 1 }), 'token_expired'],
    ['not yet valid', await tokenOf('RS256', ours, { nbf: inAnHour() - 1 }), 'token_not_yet_valid'],
    ['without an end', await tokenOf('RS256', ours, { exp: undefined }), 'token_expired'],
  ]);
});

test('a token by another algorithm than that of the key', async (t) => {
  const ours = keyPair('RS256');
  await refused(t, await guarded(t), [
    ['the same key by RS512', await tokenOf('RS512', ours), 'token_algorithm'],
    ['the same key by PS256', await tokenOf('PS256', ours), 'token_algorithm'],
    ['a secret', await tokenOf('HS256', keyPair('HS256')), 'token_algorithm'],
    ['a curve', await tokenOf('ES256', keyPair('ES256')), 'token_algorithm'],
    ['RS256 in small letters', forged({ alg: 'rs256' }, { exp: inAnHour() }, byRsa('RS256', ours)), 'token_algorithm'],
    ['no algorithm', forged({ typ: 'JWT' }, { exp: inAnHour() }, byRsa('RS256', ours)), 'token_malformed'],
  ]);
});

test('a token without a signature, whatever it calls that', async (t) => {
  const claims = { exp: inAnHour(), jti: 'of none' };
  const ours = keyPair('RS256');
  await refused(t, await guarded(t), [
    ['as jose makes it', unsecuredToken(claims), 'token_algorithm'],
    ...['none', 'None', 'NONE', 'nOnE'].flatMap((alg) => [
      [alg, forged({ alg }, claims), 'token_algorithm'],
      [`${alg}, with a signature`, forged({ alg }, claims, byRsa('RS256', ours)), 'token_algorithm'],
    ]),
    ['RS256 with an empty signature', forged({ alg: 'RS256' }, claims), 'token_signature'],
  ]);
});

test('the public key as the secret of HS256', async (t) => {
  const { publicKey, setting } = keyPair('RS256');
  const secrets = {
    'PEM': setting,
    'PEM without its last end of line': setting.trimEnd(),
    'DER': publicKey.export({ type: 'spki', format: 'der' }),
    'PEM of PKCS 1': publicKey.export({ type: 'pkcs1', format: 'pem' }),
    'its modulus': publicKey.export({ format: 'jwk' }).n,
  };
  const attacks = Object.entries(secrets).flatMap(([what, secret]) => ['HS256', 'HS384', 'HS512'].map((alg) =>
    [`${what} by ${alg}`, forged({ alg, typ: 'JWT' }, { exp: inAnHour() }, byHmac(alg, secret)), 'token_algorithm']));
  await refused(t, await guarded(t), attacks);
});

test('a truncated token', async (t) => {
  const token = await tokenOf('RS256', keyPair('RS256'));
  const [header, claims, signature] = token.split('.');
  await refused(t, await guarded(t), [
    ['half a signature', `${header}.${claims}.${signature.slice(0, 172)}`, 'token_signature'],
    ['no signature', `${header}.${claims}.`, 'token_signature'],
    ['two segments', `${header}.${claims}`, 'token_malformed'],
    ['one segment', header, 'token_malformed'],
    ['no claims', `${header}..${signature}`, 'token_signature'],
    ['no header', `.${claims}.${signature}`, 'token_malformed'],
    ['four segments', `${token}.${signature}`, 'token_malformed'],
    ['five segments, as if it were encrypted', `${token}.${claims}.${signature}`, 'token_malformed'],
    ['padded', `${token}==`, 'token_malformed'],
  ]);
});

test('a giant token', async (t) => {
  const gateway = await guarded(t, 'RS256', {
    RIG_REQUEST_HEADER_BYTES_MAX: '1MiB', RIG_REQUEST_TARGET_BYTES_MAX: '1MiB',
  });
  const large = await tokenOf('RS256', keyPair('RS256'), { more: 'x'.repeat(17 << 10) });
  assert.equal(await tryToConnect(t, gateway, large), '401 token_malformed');
  assert.equal(await tryToConnect(t, gateway, 'x'.repeat(900 << 10)), '401 token_malformed');
  const deep = forged({ alg: 'RS256' }, '['.repeat(5000), byRsa('RS256', keyPair('RS256')));
  assert.equal(await tryToConnect(t, gateway, deep), '401 token_malformed');
  assert.deepEqual(await stopAudited(gateway), { 'subscribe token_malformed': 3 });

  const usual = await guarded(t);
  assert.equal((await openStream(t, usual, { authorization: bearer(large) })).status, 431);
  assert.equal((await openStream(t, usual, { jwt: large })).status, 414);
  assert.deepEqual(await stopAudited(usual), {});
});

test('several Authorization headers', async (t) => {
  const ours = keyPair('RS256');
  const gateway = await guarded(t, 'RS256', { SUBMISSION_CHECK: 'jwt_validation' });
  const good = await tokenOf('RS256', ours);
  const old = await tokenOf('RS256', ours, { exp: now() - 1 });
  const connect = async (authorization) => {
    const stream = await openStream(t, gateway, { authorization });
    stream.close?.();
    return stream.reason ?? stream.status;
  };
  // To connect, all must be good.
  assert.equal(await connect(bearer(good, await tokenOf('RS256', ours))), 200);
  assert.equal(await connect(['Basic dXNlcjp3b3Jk', ...bearer(good)]), 200);
  assert.equal(await connect(bearer(good, old)), 'token_expired');
  assert.equal(await connect([`Bearer ${old}, Bearer ${good}`]), 'token_expired');
  assert.equal(await connect(bearer(...Array(9).fill(good))), 'too_many_tokens');
  // To publish, one is enough.
  assert.equal((await submit(gateway, { authorization: bearer(old, good) })).status, 202);
  assert.equal((await submit(gateway, { authorization: bearer(old) })).reason, 'token_expired');
  assert.equal((await submit(gateway)).reason, 'token_missing');
  assert.deepEqual(await stopAudited(gateway), {
    'subscribe token_expired': 2,
    'subscribe too_many_tokens': 1,
    'submit token_expired': 1,
    'submit token_missing': 1,
  });
});

/** A server that must not be asked. */
async function trap(t) {
  const visits = [];
  const server = createServer((request, response) => {
    visits.push(request.url);
    response.end(JSON.stringify({ keys: [jwk(keyPair('RS256', 'other'), { kid: 'other' })] }));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return { url: `http://127.0.0.1:${server.address().port}/keys`, visits };
}

test('a kid that is a path, SQL or a URL', async (t) => {
  const { url, visits } = await trap(t);
  const claims = { exp: inAnHour() };
  const attacks = [];
  for (const kid of ['../../../../../../dev/null', '/dev/null', 'file:///dev/null', "x' UNION SELECT 'key' --", url,
    '$(curl x)', '\u0000', 'k'.repeat(4000)]) {
    attacks.push([kid, forged({ alg: 'HS256', kid }, claims, byHmac('HS256', '')), 'token_unknown_key']);
    attacks.push([kid, await tokenOf('RS256', keyPair('RS256', 'other'), {}, { kid }), 'token_signature']);
  }
  const ours = byRsa('RS256', keyPair('RS256'));
  for (const kid of [7, null, ['a'], { a: 1 }])
    attacks.push(['not a text', forged({ alg: 'RS256', kid }, claims, ours), 'token_malformed']);
  await refused(t, await guarded(t), attacks);
  assert.deepEqual(visits, []);
});

test('a token that brings its own key', async (t) => {
  const { url, visits } = await trap(t);
  const other = keyPair('RS256', 'other');
  const certificate = other.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  await refused(t, await guarded(t), [
    ['jwk', await tokenOf('RS256', other, {}, { jwk: jwk(other) }), 'token_signature'],
    ['jku', await tokenOf('RS256', other, {}, { jku: url, kid: 'other' }), 'token_signature'],
    ['x5u', await tokenOf('RS256', other, {}, { x5u: url }), 'token_signature'],
    ['x5c', await tokenOf('RS256', other, {}, { x5c: [certificate] }), 'token_signature'],
  ]);
  assert.deepEqual(visits, []);
});

test('crit, and content that is not encoded', async (t) => {
  const ours = byRsa('RS256', keyPair('RS256'));
  const claims = { exp: inAnHour(), jti: 'critical' };
  const with64 = forged({ alg: 'RS256', b64: false, crit: ['b64'] }, claims, ours);
  await refused(t, await guarded(t), [
    ['crit that nobody knows', forged({ alg: 'RS256', crit: ['x'], x: 1 }, claims, ours), 'token_algorithm'],
    ['crit that is empty', forged({ alg: 'RS256', crit: [] }, claims, ours), 'token_algorithm'],
    ['crit of exp', forged({ alg: 'RS256', crit: ['exp'], exp: inAnHour() }, claims, ours), 'token_algorithm'],
    ['b64: false', with64, 'token_algorithm'],
    ['b64: true', forged({ alg: 'RS256', b64: true }, claims, ours), 'token_algorithm'],
    ['header twice', forged('{"alg":"HS256","alg":"RS256"}', claims, ours), 'token_malformed'],
  ]);
});

test('claims of wrong types', async (t) => {
  const ours = byRsa('RS256', keyPair('RS256'));
  const attacks = [];
  const with_ = (claims, reason) => attacks.push(
    [JSON.stringify(claims), forged({ alg: 'RS256' }, claims, ours), reason]);
  for (const exp of ['soon', `${inAnHour()}`, null, true, [inAnHour()], {}])
    with_({ exp, aud: 'rig', iss: 'us' }, 'token_claim');
  for (const nbf of ['0', null, [0]]) with_({ exp: inAnHour(), nbf, aud: 'rig', iss: 'us' }, 'token_claim');
  for (const aud of [7, null, { rig: true }, [7, 'rig']]) with_({ exp: inAnHour(), aud, iss: 'us' }, 'token_claim');
  for (const aud of [['x'], [], 'x', 'rig2', undefined]) with_({ exp: inAnHour(), aud, iss: 'us' }, 'token_audience');
  for (const iss of [['us'], 7, null]) with_({ exp: inAnHour(), iss, aud: 'rig' }, 'token_claim');
  for (const iss of ['them', 'US', undefined]) with_({ exp: inAnHour(), iss, aud: 'rig' }, 'token_issuer');
  for (const claims of ['[]', '"x"', '7', '', '{', '{"exp":1,"exp":99999999999}', '{"exp":99999999999} '.repeat(2)])
    with_(claims, 'token_malformed');
  const gateway = await guarded(t, 'RS256', { JWT_ISSUER: 'us', JWT_AUDIENCE: 'rig' });
  for (const [what, token, reason] of attacks)
    assert.equal(await tryToConnect(t, gateway, token), `401 ${reason}`, what);
  const good = await tokenOf('RS256', keyPair('RS256'), { iss: 'us', aud: ['x', 'rig'] });
  assert.equal(await tryToConnect(t, gateway, good), 'let in');
  await stopAudited(gateway);
});

test('a denial says which rule failed, and nothing of the key', async (t) => {
  const gateway = await guarded(t);
  const reply = await openStream(t, gateway, { jwt: await tokenOf('RS256', keyPair('RS256', 'other')) });
  assert.deepEqual(JSON.parse(reply.body), {
    reason: 'token_signature', message: 'The signature of the token is not valid.',
  });
  await stopAudited(gateway);
});
