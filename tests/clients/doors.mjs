// Requests with tokens at the doors of the gateway, as bare as the attacks need them.
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { samples, startGateway, streamUrl, withDeadline } from './gateway.mjs';
import { keyPair } from './tokens.mjs';

/** A gateway that lets in who has a token by that key. */
export const guarded = (t, algorithm = 'RS256', settings = {}) => startGateway(t, {
  JWT_ALG: algorithm,
  JWT_SECRET_KEY: keyPair(algorithm).setting,
  SUBSCRIPTION_CHECK: 'jwt_validation',
  LOG_LEVEL: 'debug',
  ...settings,
});

export const bearer = (...tokens) => tokens.map((token) => `Bearer ${token}`);

/** A request with several `Authorization` headers, if there are several. */
export function ask(url, { method = 'GET', authorization = [], type, body } = {}) {
  const headers = {};
  if (authorization.length > 0) headers.authorization = authorization;
  if (type) headers['content-type'] = type;
  if (body !== undefined) headers['content-length'] = Buffer.byteLength(body);
  const call = request(url, { method, headers, agent: false });
  call.end(body);
  return call;
}

const answered = (call) => withDeadline('there is an answer', new Promise((resolve, reject) => {
  call.once('response', resolve);
  call.once('error', reject);
}));

async function text(response) {
  let all = '';
  for await (const bytes of response) all += bytes;
  return all;
}

/** The whole answer; `reason` is the word of a denial. */
export async function answer(call) {
  const response = await answered(call);
  const body = await withDeadline('the answer is complete', text(response));
  const isJson = /json/.test(response.headers['content-type']) && body;
  const json = isJson ? JSON.parse(body) : undefined;
  return { status: response.statusCode, headers: response.headers, body, json, reason: json?.reason };
}

/** A denial, or the open stream behind its greeting; `t` is the test that it is for. */
export async function openStream(t, gateway, { types = ['a'], jwt, authorization = [] } = {}) {
  const url = new URL(streamUrl(gateway, ...types));
  if (jwt !== undefined) url.searchParams.set('jwt', jwt);
  const call = ask(url, { authorization });
  t.after(() => call.destroy());
  const response = await answered(call);
  if (response.statusCode !== 200) {
    const body = await text(response);
    const { reason, message } = body.startsWith('{') ? JSON.parse(body) : {};
    return { status: response.statusCode, challenge: response.headers['www-authenticate'], reason, message, body };
  }
  const next = eventsOf(response);
  const closed = new Promise((resolve) => response.once('close', resolve));
  const welcome = await next('rig.connection.create');
  const subscribed = await next('rig.subscriptions_set');
  return {
    status: 200,
    token: welcome.data.connection_token,
    subscriptions: subscribed.data,
    next,
    ended: () => withDeadline('the stream ends', closed),
    close: () => call.destroy(),
  };
}

/** Gives the next event of a type; others stay. */
function eventsOf(response) {
  const events = [];
  let rest = '';
  let wakeUp = () => {};
  response.setEncoding('utf8');
  response.on('error', () => {}); // the gateway may be killed, or the test is over
  response.on('data', (bytes) => {
    const messages = (rest + bytes).split('\n\n');
    rest = messages.pop();
    for (const message of messages) {
      const data = /^data: (.*)$/m.exec(message);
      if (data) events.push(JSON.parse(data[1]));
    }
    wakeUp();
  });
  return (type) => withDeadline(`${type} comes`, new Promise((resolve) => {
    wakeUp = () => {
      const at = events.findIndex((event) => event.type === type);
      if (at >= 0) resolve(events.splice(at, 1)[0]);
    };
    wakeUp();
  }));
}

/** The status and the reason of an attempt to open a stream, which is closed again. */
export async function tryToConnect(t, gateway, token) {
  const stream = await openStream(t, gateway, { authorization: bearer(token) });
  stream.close?.();
  return stream.status === 200 ? 'let in' : `${stream.status} ${stream.reason}`;
}

/** An event from outside, with these tokens. */
export const submit = (gateway, { authorization, id = '1' } = {}) => answer(ask(`${gateway.inbound}/_rig/v1/events`, {
  method: 'POST',
  authorization,
  type: 'application/cloudevents+json',
  body: JSON.stringify({ specversion: '1.0', type: 'a', source: '/node', id }),
}));

export const putSubscriptions = (gateway, connection, { authorization, types = ['a'] } = {}) => answer(
  ask(`${gateway.inbound}/_rig/v1/connection/sse/${connection}/subscriptions`, {
    method: 'PUT',
    authorization,
    type: 'application/json',
    body: JSON.stringify({ subscriptions: types.map((eventType) => ({ eventType })) }),
  }));

export const cutOff = (gateway, session) => answer(ask(`${gateway.api}/v3/session-blacklist`, {
  method: 'POST',
  type: 'application/json',
  body: JSON.stringify({ sessionId: session, validityInSeconds: 3600 }),
}));

const tally = (denials) => {
  const counts = {};
  for (const { action, reason, value = 1 } of denials) {
    const name = `${action} ${reason}`;
    if (value > 0) counts[name] = (counts[name] ?? 0) + value;
  }
  return counts;
};

/** Ends the gateway. Each denial was one line of its log and one count; returns how many there were of each kind. */
export async function stopAudited(gateway) {
  const counted = tally(await samples(gateway, 'rig_access_denied_total'));
  await gateway.stop();
  assert.deepEqual(tally(gateway.logged('access denied')), counted);
  return counted;
}
