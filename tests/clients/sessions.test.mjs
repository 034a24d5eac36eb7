// What tokens by `jose` do once a connection is open: sessions, fresh tokens, tokens that end. And who else decides.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { test } from 'node:test';
import {
  answer, ask, bearer, cutOff, guarded, openStream, putSubscriptions, stopAudited, submit, tryToConnect,
} from './doors.mjs';
import { needed, publish, samples, socketUrl, startGateway, withDeadline } from './gateway.mjs';
import { keyPair, now, tokenOf } from './tokens.mjs';

const { WebSocket } = await needed('ws');

test('a session that is cut off is told, and stays out at every door until it is let in again', async (t) => {
  const gateway = await guarded(t, 'RS256', { SUBMISSION_CHECK: 'jwt_validation' });
  const token = () => tokenOf('RS256', keyPair('RS256'), { jti: 'gone', sub: 'alice' });
  const stream = await openStream(t, gateway, { jwt: await token() });
  const socket = new WebSocket(`${socketUrl(gateway, 'a')}&jwt=${await token()}`);
  t.after(() => socket.terminate());
  await withDeadline('the socket is open', once(socket, 'message'));
  const closed = once(socket, 'close');
  const bystander = await openStream(t, gateway, { jwt: await tokenOf('RS256', keyPair('RS256')) });

  assert.equal((await cutOff(gateway, 'gone')).status, 201);
  await stream.next('rig.session_killed');
  await stream.ended();
  const [code, reason] = await withDeadline('the socket closes', closed);
  assert.deepEqual([code, `${reason}`], [1000, 'Session killed.']);
  assert.equal(await tryToConnect(t, gateway, await token()), '401 session_blacklisted');
  assert.equal((await submit(gateway, { authorization: bearer(await token()) })).reason, 'session_blacklisted');
  const put = await putSubscriptions(gateway, bystander.token, { authorization: bearer(await token()) });
  assert.equal(put.reason, 'session_blacklisted');
  assert.equal((await submit(gateway)).reason, 'token_missing');
  const dropped = await samples(gateway, 'rig_dropped_connections_total');
  assert.equal(dropped.find((sample) => sample.reason === 'session_killed').value, 2);

  const lifted = await answer(ask(`${gateway.api}/v3/session-blacklist/gone`, { method: 'DELETE' }));
  assert.equal(lifted.status, 204);
  assert.equal(await tryToConnect(t, gateway, await token()), 'let in');
  assert.equal(gateway.logged('a session is cut off', { session: 'gone', validity_s: 3600 }).length, 1);
  assert.equal(gateway.logged('a session is let in again', { session: 'gone' }).length, 1);
  assert.deepEqual(await stopAudited(gateway), {
    'subscribe session_blacklisted': 2,
    'submit session_blacklisted': 1,
    'submit token_missing': 1,
  });
});

test('on a WebSocket tokens come in-band, and denials are errors', async (t) => {
  const gateway = await guarded(t);
  const ours = keyPair('RS256');
  const socket = new WebSocket(`${gateway.inbound.replace('http', 'ws')}/_rig/v1/connection/ws`);
  t.after(() => socket.terminate());
  await withDeadline('the socket is open', once(socket, 'open'));
  const replyTo = async (jwt) => {
    const reply = new Promise((resolve) => socket.on('message', function look(bytes) {
      const event = JSON.parse(bytes);
      if (event.type !== 'rig.error' && event.data.length !== 1) return; // the greeting
      socket.off('message', look);
      resolve(event);
    }));
    socket.send(JSON.stringify({ subscriptions: [{ eventType: 'a' }], jwt }));
    return withDeadline('it is answered', reply);
  };
  assert.match((await replyTo()).data.message, /A token is needed/);
  assert.match((await replyTo(await tokenOf('RS256', ours, { exp: 1 }))).data.message, /has expired/);
  assert.match((await replyTo(await tokenOf('RS256', keyPair('RS256', 'other')))).data.message, /signature/);
  const { type, data } = await replyTo(await tokenOf('RS256', ours));
  assert.deepEqual([type, data[0].eventType], ['rig.subscriptions_set', 'a']);
  assert.deepEqual(await stopAudited(gateway), {
    'subscribe token_missing': 1,
    'subscribe token_expired': 1,
    'subscribe token_signature': 1,
  });
});

test('a fresh token by PUT keeps a stream whose first one ends', async (t) => {
  const gateway = await guarded(t, 'RS256', { RIG_TOKEN_EXPIRY_WARNING: '1h' });
  const brief = () => tokenOf('RS256', keyPair('RS256'), { exp: now() + 3, sub: 'alice' });
  const stays = await openStream(t, gateway, { jwt: await brief() });
  const leaves = await openStream(t, gateway, { jwt: await brief() });
  await stays.next('rig.token_expiring');
  const fresh = bearer(await tokenOf('RS256', keyPair('RS256'), { exp: now() + 7200 }));
  assert.equal((await putSubscriptions(gateway, stays.token, { authorization: fresh })).status, 204);
  await leaves.next('rig.token_expired');
  await leaves.ended();
  await publish(gateway, 'a', 7);
  assert.equal((await stays.next('a')).data, 7);
  await stopAudited(gateway);
});

test('a client that answers each warning with the same token is not warned in a circle', async (t) => {
  const gateway = await guarded(t, 'RS256', { RIG_TOKEN_EXPIRY_WARNING: '1h' });
  const jwt = await tokenOf('RS256', keyPair('RS256'), { exp: now() + 3 });
  const socket = new WebSocket(`${socketUrl(gateway, 'a')}&jwt=${jwt}`);
  t.after(() => socket.terminate());
  let warnings = 0;
  socket.on('message', (bytes) => {
    if (JSON.parse(bytes).type !== 'rig.token_expiring') return;
    warnings++;
    socket.send(JSON.stringify({ jwt }));
  });
  const [code, reason] = await withDeadline('the socket closes', once(socket, 'close'));
  assert.deepEqual([code, `${reason}`], [1008, 'Token expired.']);
  assert.ok(warnings > 0 && warnings < 20, `${warnings} warnings`);
  await stopAudited(gateway);
});

test('who manages is asked for a claim, and the reasons are counted', async (t) => {
  const gateway = await guarded(t, 'RS256', { API_REQUIRED_CLAIM: '/scope=rig.admin', API_BIND: '127.0.0.1' });
  const token = (claims) => tokenOf('RS256', keyPair('RS256'), claims);
  const status = async (claims) => (await answer(ask(`${gateway.api}/v3/sessions`, {
    authorization: claims ? bearer(await token(claims)) : [],
  }))).status;
  assert.equal(await status({ scope: 'read rig.admin' }), 200);
  assert.equal(await status({ scope: 'read' }), 403);
  assert.equal(await status({ scope: 'rig.admin', exp: now() - 1 }), 401);
  assert.equal(await status(), 401);
  await gateway.stop();
  const denials = gateway.logged('access denied', { action: 'manage' });
  const reasons = denials.map(({ reason, status }) => `${status} ${reason}`);
  assert.deepEqual(reasons, ['403 claim_missing', '401 token_expired', '401 token_missing']);
});

test('a token that is no good is refused and noted though nothing is asked for', async (t) => {
  const gateway = await guarded(t);
  const path = `${gateway.inbound}/_rig/v1/connection/sse`;
  const authorization = bearer(await tokenOf('RS256', keyPair('RS256'), { exp: 1 }));
  assert.equal((await answer(ask(path, { authorization }))).reason, 'token_expired');
  assert.deepEqual(await stopAudited(gateway), { 'identify token_expired': 1 });
});

test('another service decides: it sees the token, and what it says is noted', async (t) => {
  const questions = [];
  let status = 204;
  const service = createServer((request, response) => {
    questions.push(request.headers.authorization);
    request.resume().on('end', () => response.writeHead(status).end());
  });
  await new Promise((resolve) => service.listen(0, '127.0.0.1', resolve));
  t.after(() => service.close());
  const url = `http://127.0.0.1:${service.address().port}/check`;
  const gateway = await startGateway(t, { SUBSCRIPTION_CHECK: url, LOG_LEVEL: 'debug' });
  const token = await tokenOf('RS256', keyPair('RS256'));
  const outcomes = [];
  for (status of [204, 401, 403, 500, 302]) outcomes.push(await tryToConnect(t, gateway, token));
  assert.deepEqual(outcomes, [
    'let in', '401 denied_by_service', '403 denied_by_service', '503 service_unavailable', '503 service_unavailable',
  ]);
  assert.deepEqual(questions, Array(5).fill(`Bearer ${token}`));
  const answers = (await samples(gateway, 'rig_access_service_answers_total')).filter(({ value }) => value > 0);
  assert.deepEqual(Object.fromEntries(answers.map(({ result, value }) => [result, value])), {
    allowed: 1, denied: 2, failed: 2,
  });
  assert.deepEqual(await stopAudited(gateway), {
    'subscribe denied_by_service': 2,
    'subscribe service_unavailable': 2,
  });
  const failures = gateway.logged('a service that decides about requests does not', { setting: 'SUBSCRIPTION_CHECK' });
  assert.equal(failures.length, 2);
});
