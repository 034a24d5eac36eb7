// Everything that /openapi.json describes, done with the real program: each operation, answer, parameter and media type.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { test } from 'node:test';
import { openStream } from './doors.mjs';
import { needed, startGateway, withDeadline } from './gateway.mjs';
import { Description } from './openapi.mjs';
import { keyPair, tokenOf } from './tokens.mjs';

const { Validator } = await needed('@seriousme/openapi-schema-validator');
const HAS_PAGE = process.env.RIG_HAS_DOCS_PAGE !== 'OFF'; // of a build without the page, ctest says so
const JSON_TYPE = 'application/json';
const EVENT_TYPE = 'application/cloudevents+json';
const BATCH_TYPE = 'application/cloudevents-batch+json';
const HS256 = { JWT_ALG: 'HS256', JWT_SECRET_KEY: keyPair('HS256').setting };
const VERSIONS = ['v3', 'v2'];
const CONNECTIONS = ['sse', 'ws', 'longpolling'].map((kind) => `/_rig/v1/connection/${kind}`);
const UPGRADE = {
  connection: 'upgrade', upgrade: 'websocket', 'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==', 'sec-websocket-protocol': 'cloudevents.json',
};
/** A node of a cluster that has no server to reach the others by. */
const CUT_OFF = { CLUSTER_URL: 'nats://127.0.0.1:1', CLUSTER_SECRET: 'a secret of the nodes of a test' };
const subscribed = [{ eventType: 'greeting' }];

const event = (id = '1') => ({ specversion: '1.0', type: 'greeting', source: '/test', id, data: { a: [1] } });
const inBinaryMode = { 'ce-specversion': '1.0', 'ce-type': 'greeting', 'ce-source': '/test', 'ce-id': '1' };
const api = (id, more = {}) => ({
  id,
  name: 'Shop',
  proxy: { target_url: '127.0.0.1', port: 9, use_env: false },
  version_data: { default: {
    transform_request_headers: { add_headers: { 'x-gateway': 'rig' } },
    endpoints: [{ id: 'books', method: 'GET', path_regex: '/books/(.*)', path_replacement: '/\\1', target: 'http' },
      { id: 'book', method: 'get', path: '/book/{id}' }],
  } },
  ...more,
});
const severalTargets = {
  targets: [{ target_url: 'https://127.0.0.1', port: 9, weight: 2 }, { target_url: '127.0.0.1', port: 9 }],
  balance: 'hash:header:x-user', retries: 1, max_requests: 5, tls: { verify: false },
  circuit_breaker: { failures: 3, open_for: '1s', statuses: [503] },
  health_check: { path: '/health', interval: 3_600_000, timeout: '1s' },
  timeouts: { connect: 500, total: '9s' },
};

let description; // the first test reads it
const startDescribed = async (t, settings) => {
  const gateway = await startGateway(t, settings);
  return { gateway, send: (name, request) => description.send(gateway, name, request) };
};

test('the description is OpenAPI 3.1', async (t) => {
  const gateway = await startGateway(t);
  const text = await (await fetch(`${gateway.api}/openapi.json`)).text();
  description = new Description(text);
  const validator = new Validator();
  const { valid, errors } = await validator.validate(text);
  assert.deepEqual(errors ?? [], []);
  assert.ok(valid);
  assert.equal(validator.version, '3.1');
  await gateway.stop();
});

test('every route of the gateway is described, and nothing else', async (t) => {
  const gateway = await startGateway(t, { LOG_LEVEL: 'debug' });
  const routes = gateway.logged('route').map(({ door, method, path }) => `${door} ${method} ${path}`);
  const described = description.operations()
    .map((one) => `${one.isForClients ? 'inbound' : 'api'} ${one.name}`);
  assert.deepEqual(described.sort(), routes.sort());
  await gateway.stop();
});

test('publish', async (t) => {
  const { gateway, send } = await startDescribed(t);
  for (const path of [...VERSIONS.map((version) => `/${version}/messages`), '/_rig/v1/events']) {
    const publish = (request) => send(`POST ${path}`, request);
    await publish({ status: 202, type: EVENT_TYPE, body: event() });
    await publish({ status: 202, type: JSON_TYPE, body: event() });
    await publish({ status: 202, type: BATCH_TYPE, body: [event('1'), event('2')] });
    await publish({ status: 202, type: 'text/plain', values: inBinaryMode, body: 'hello' });
    await publish({ status: 400, type: EVENT_TYPE, body: { specversion: '1.0' } });
    await publish({ status: 415, type: 'application/cloudevents+avro', body: 'x' });
  }
  await gateway.stop();
});

test('API definitions', async (t) => {
  const { gateway, send } = await startDescribed(t);
  for (const version of VERSIONS) {
    const apis = `/${version}/apis`;
    const create = (request) => send(`POST ${apis}`, request);
    await create({ status: 201, type: JSON_TYPE, body: api('shop', { unknown: { kept: true } }) });
    await create({ status: 409, type: JSON_TYPE, body: api('shop') });
    await create({ status: 400, type: JSON_TYPE, body: '{' });
    await create({ status: 400, type: JSON_TYPE, body: { id: 'x' } });
    await create({ status: 415, type: 'text/plain', body: 'x' });
    await send(`GET ${apis}`, { status: 200 });

    const one = `${apis}/{id}`;
    const values = { id: 'shop' };
    const get = await send(`GET ${one}`, { status: 200, values });
    assert.equal(JSON.parse(get.body).unknown.kept, true);
    await send(`PUT ${one}`, { status: 200, values, type: JSON_TYPE, body: api('shop', { proxy: severalTargets }) });
    await send(`PUT ${one}`, { status: 400, values, type: JSON_TYPE, body: { id: 'shop' } });
    await send(`PUT ${one}`, { status: 415, values, type: 'text/plain', body: 'x' });
    await send(`PUT ${one}`, { status: 404, values: { id: 'no' }, type: JSON_TYPE, body: api('no') });
    await send(`DELETE ${one}`, { status: 204, values });
    for (const method of ['GET', 'DELETE']) {
      await send(`${method} ${one}`, { status: 404, values });
      await send(`${method} ${one}`, { status: 400, values: { id: '%zz' } });
    }
  }
  await gateway.stop();
});

test('a node that cannot reach the others', async (t) => {
  const { gateway, send } = await startDescribed(t, { ...CUT_OFF, PROXY_CONFIG_FILE: JSON.stringify([api('shop')]) });
  for (const version of VERSIONS) {
    await send(`POST /${version}/apis`, { status: 503, type: JSON_TYPE, body: api('more') });
    const one = `/${version}/apis/{id}`;
    const values = { id: 'shop' };
    await send(`PUT ${one}`, { status: 503, values, type: JSON_TYPE, body: api('shop') });
    await send(`DELETE ${one}`, { status: 503, values });
    const blacklist = `/${version}/session-blacklist`;
    const body = { sessionId: 'a', validityInSeconds: 60 };
    await send(`POST ${blacklist}`, { status: 503, type: JSON_TYPE, body });
    await send(`GET ${blacklist}/{id}`, { status: 200, values: { id: 'a' } });
    await send(`DELETE ${blacklist}/{id}`, { status: 503, values: { id: 'a' } });
  }
  const other = await startGateway(t, CUT_OFF);
  const { token, close } = await openStream(t, other);
  for (const path of CONNECTIONS.map((connection) => `${connection}/{token}/subscriptions`))
    await send(`GET ${path}`, { status: 503, values: { token } });
  close();
  await other.stop();
  await gateway.stop();
});

test('sessions', async (t) => {
  const { gateway, send } = await startDescribed(t, { ...HS256 });
  const token = await tokenOf('HS256', keyPair('HS256'), { jti: 'session-1', sub: 'ann' });
  await openStream(t, gateway, { authorization: [`Bearer ${token}`] });
  const { body } = await send('GET /v3/sessions', { status: 200, values: { limit: 10, after: 'a' } });
  assert.equal(JSON.parse(body).connections.length, 1);
  await send('GET /v3/sessions', { status: 200, values: { user: 'ann' } });
  await send('GET /v3/sessions', { status: 400, values: { limit: 0 } });
  await send('GET /v3/sessions/{id}', { status: 200, values: { id: 'session-1' } });
  await send('GET /v3/sessions/{id}', { status: 404, values: { id: 'nobody' } });

  for (const version of VERSIONS) {
    const blacklist = `/${version}/session-blacklist`;
    const cutOff = (request) => send(`POST ${blacklist}`, { type: JSON_TYPE, ...request });
    await cutOff({ status: 201, body: { sessionId: 'a', validityInSeconds: 60 } });
    await cutOff({ status: 201, body: { sessionId: 'a', validityInSeconds: '60' } });
    await cutOff({ status: 400, body: { sessionId: 'a' } });
    await cutOff({ status: 415, type: 'text/plain', body: 'x' });
    const values = { id: 'a' };
    await send(`GET ${blacklist}/{id}`, { status: 200, values });
    await send(`DELETE ${blacklist}/{id}`, { status: 204, values });
    await send(`DELETE ${blacklist}/{id}`, { status: 404, values });
    await send(`GET ${blacklist}/{id}`, { status: 404, values });
  }
  await gateway.stop();
});

test('answers that come another way', async (t) => {
  const correlations = [];
  let asked = () => {};
  const backend = createServer((request, response) => {
    correlations.push(new URL(request.url, 'http://backend').searchParams.get('correlation'));
    response.writeHead(202).end();
    asked();
  });
  backend.listen(0, '127.0.0.1');
  await once(backend, 'listening');
  t.after(() => backend.close());
  const definition = api('reports', { proxy: { target_url: '127.0.0.1', port: backend.address().port },
    version_data: { default: { endpoints: [{ id: 'report', method: 'GET', path: '/report', response_from: 'http_async' }] } } });
  const { gateway, send } = await startDescribed(t, { ...CUT_OFF, PROXY_HTTP_ASYNC_RESPONSE_TIMEOUT: '60s',
    PROXY_CONFIG_FILE: JSON.stringify([definition]) });
  const other = await startGateway(t, CUT_OFF);

  /** A client that waits; `answer` gets what it takes to answer it. */
  const waitingClient = async (answer) => {
    const arrived = new Promise((resolve) => (asked = resolve));
    const reply = fetch(`${gateway.inbound}/report`);
    await withDeadline('the backend is asked', arrived);
    await answer(correlations.at(-1));
    return reply;
  };
  const answered = await waitingClient(async (correlation) => {
    const request = { type: 'text/csv', body: '1,2', values: { 'rig-correlation': correlation, 'rig-response-code': 201 } };
    await description.send(other, 'POST /v3/responses', { status: 503, ...request });
    await send('POST /v3/responses', { status: 202, ...request });
  });
  assert.deepEqual([answered.status, await answered.text()], [201, '1,2']);
  const byEvent = await waitingClient(async (correlation) => {
    const request = { type: JSON_TYPE, body: { ...event(), rig: { correlation } } };
    await description.send(other, 'POST /v2/responses', { status: 503, ...request });
    await send('POST /v2/responses', { status: 202, ...request });
  });
  await other.stop();
  assert.equal(byEvent.status, 200);

  const [late] = correlations;
  await send('POST /v3/responses', { status: 410, values: { 'rig-correlation': late, 'rig-response-code': 200 } });
  await send('POST /v3/responses', { status: 400 });
  await send('POST /v2/responses', { status: 410, type: JSON_TYPE, body: { ...event(), rig: { correlation: late } } });
  await send('POST /v2/responses', { status: 400, type: JSON_TYPE, body: '{' });
  await gateway.stop();
});

test('health, metrics, the description and its page', async (t) => {
  const { gateway, send } = await startDescribed(t);
  for (const path of ['/health', '/health/live', '/health/ready', '/v3/cluster', '/metrics', '/_rig/health', '/openapi.json', '/docs'])
    await send(`GET ${path}`, { status: 200 });
  await send('GET /swagger-ui', { status: 302 });
  await send('GET /swagger-ui/{file}', { status: 302, values: { file: 'index.html' } });
  await send('GET /docs/{file}', { status: 404, values: { file: 'nothing' } });
  if (HAS_PAGE) {
    const values = { file: 'page.js' };
    const { headers } = await send('GET /docs/{file}', { status: 200, values });
    await send('GET /docs/{file}', { status: 304, values, headers: { 'if-none-match': headers.etag } });
  }
  await gateway.stop();
});

test('connect', async (t) => {
  const { gateway, send } = await startDescribed(t, { RIG_LONGPOLLING_WAIT: '50ms' });
  const place = { last_event_id: 'x', 'last-event-id': 'x' };
  const [sse, ws, longPolling] = CONNECTIONS;
  await send(`GET ${sse}`, { status: 200, values: { subscriptions: subscribed, ...place } });
  await send(`GET ${ws}`, { status: 101, headers: UPGRADE, values: { subscriptions: subscribed, rigcursor: true, ...place } });
  await send(`GET ${ws}`, { status: 400, headers: { ...UPGRADE, 'sec-websocket-key': 'x' } });
  await send(`GET ${ws}`, { status: 426 });
  const made = await send(`GET ${longPolling}`, { status: 200, values: { subscriptions: subscribed, rigcursor: true,
    'last-event-id': 'x' } });
  assert.equal(made.body, '"ok"');
  const cookies = Object.fromEntries(made.headers['set-cookie'].map((cookie) => cookie.split(';')[0].split('=')));
  const polled = await send(`GET ${longPolling}`, { status: 200, values: cookies });
  assert.equal(JSON.parse(polled.body).events[0].type, 'rig.connection.create');
  for (const path of CONNECTIONS)
    await send(`GET ${path}`, { status: 400, headers: path === ws ? UPGRADE : {}, values: { subscriptions: [{}] } });
  await gateway.stop();
});

test('subscriptions of a connection', async (t) => {
  const { gateway, send } = await startDescribed(t);
  const { token, close } = await openStream(t, gateway);
  const body = { subscriptions: [{ eventType: 'greeting' }] };
  for (const path of CONNECTIONS.map((connection) => `${connection}/{token}/subscriptions`)) {
    const values = { token };
    const put = (request) => send(`PUT ${path}`, { values, type: JSON_TYPE, body, ...request });
    await put({ status: 204 });
    await put({ status: 400, body: '{' });
    await put({ status: 400, values: { token: 'none' } });
    await put({ status: 406, headers: { accept: 'text/html' } });
    await put({ status: 415, type: undefined });
    const { body: known } = await send(`GET ${path}`, { status: 200, values });
    assert.equal(JSON.parse(known).subscriptions[0].eventType, 'greeting');
    await send(`GET ${path}`, { status: 400, values: { token: 'none' } });
  }
  const gone = token.slice(0, -4) + (token.endsWith('AAAA') ? 'BBBB' : 'AAAA');
  for (const path of CONNECTIONS.map((connection) => `${connection}/{token}/subscriptions`)) {
    await send(`GET ${path}`, { status: 410, values: { token: gone } });
    await send(`PUT ${path}`, { status: 410, values: { token: gone }, type: JSON_TYPE, body });
  }
  close();
  await gateway.stop();
});

test('who may manage', async (t) => {
  const { gateway, send } = await startDescribed(t, { ...HS256, API_TOKEN: 'a-credential-of-the-test',
    API_REQUIRED_CLAIM: '/scope=rig.admin' });
  const user = await tokenOf('HS256', keyPair('HS256'));
  const admin = await tokenOf('HS256', keyPair('HS256'), { scope: 'rig.admin' });
  const managing = description.operations().filter((one) => !one.isForClients);
  for (const { name, isOpen, responses } of managing) {
    if (!isOpen) {
      await send(name, { status: 401 });
      await send(name, { status: 403, headers: { authorization: `Bearer ${user}` } });
    } else {
      assert.ok(!('401' in responses), name);
    }
  }
  for (const open of ['/health', '/health/live', '/health/ready', '/openapi.json', '/docs'])
    await send(`GET ${open}`, { status: 200 });
  for (const credential of ['a-credential-of-the-test', admin])
    await send('GET /v3/apis', { status: 200, headers: { authorization: `Bearer ${credential}` } });
  await gateway.stop();
});

test('who may connect, subscribe and publish', async (t) => {
  let verdict = 401;
  const decider = createServer((request, response) => {
    request.resume();
    response.writeHead(verdict).end();
  });
  decider.listen(0, '127.0.0.1');
  await once(decider, 'listening');
  t.after(() => decider.close());
  const service = `http://127.0.0.1:${decider.address().port}/`;
  const { gateway, send } = await startDescribed(t, { SUBSCRIPTION_CHECK: service, SUBMISSION_CHECK: service });
  const denied = description.operations().filter((one) => one.isForClients && '401' in one.responses);
  assert.equal(denied.length, 7);
  for (verdict of [401, 403, 503]) {
    for (const { name } of denied) {
      const opens = name.startsWith('GET');
      await send(name, {
        status: verdict,
        values: { token: 'any', ...(opens && { subscriptions: subscribed }) },
        headers: name.endsWith('/ws') ? UPGRADE : {},
        ...(!opens && { type: JSON_TYPE, body: name.startsWith('PUT') ? { subscriptions: subscribed } : event() }),
      });
    }
  }
  await gateway.stop();
});

test('who asks too often', async (t) => {
  const { gateway, send } = await startDescribed(t, { RIG_REQUESTS_PER_SECOND_PER_ADDRESS: '1', RIG_REQUEST_BURST_PER_ADDRESS: '1' });
  for (const { name } of description.operations().filter((one) => one.isForClients)) {
    // A token may come back meanwhile; then the next one is too much.
    let rest = 20;
    while (!(await send(name, { status: 429 }).catch((problem) => {
      if (--rest === 0) throw problem;
    })));
  }
  await gateway.stop();
});

test('what is too much for the gateway', async (t) => {
  const { gateway, send } = await startDescribed(t, { RIG_BLACKLIST_MAX: '1', RIG_PROXY_APIS_MAX: '1', RIG_SHARDS: '2',
    PROMETHEUS_METRICS_ENABLED: 'false', RIG_EVENT_QUEUE_MAX: '64' });
  await send('GET /metrics', { status: 404 });
  await send('POST /v3/apis', { status: 201, type: JSON_TYPE, body: api('one') });
  const session = (sessionId) => ({ type: JSON_TYPE, body: { sessionId, validityInSeconds: 60 } });
  await send('POST /v3/session-blacklist', { status: 201, ...session('one') });
  for (const version of VERSIONS) {
    await send(`POST /${version}/apis`, { status: 503, type: JSON_TYPE, body: api('two') });
    await send(`POST /${version}/session-blacklist`, { status: 503, ...session('two') });
  }
  await openStream(t, gateway, { types: ['greeting'] });
  const batch = { type: BATCH_TYPE, body: Array.from({ length: 100 }, (_, i) => event(`${i}`)) };
  for (const version of VERSIONS) await send(`POST /${version}/messages`, { status: 503, ...batch });
  await gateway.stop();
});

test('a gateway that stops is not ready', async (t) => {
  const { gateway } = await startDescribed(t);
  const { port } = new URL(gateway.api);
  const [socket, idle] = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')];
  t.after(() => socket.destroy());
  idle.on('error', () => {}); // it may be reset
  await once(idle, 'connect');
  // Half a request keeps its connection when the gateway stops; one without a request is closed then.
  socket.write('GET /health/ready HTTP/1.1\r\n');
  await (await fetch(`${gateway.api}/health`)).text();
  const stopped = gateway.stop();
  await withDeadline('the idle connection is closed', once(idle.resume(), 'close'));
  socket.write('host: x\r\n\r\n');
  let answer = '';
  for await (const bytes of socket) answer += bytes;
  const [head, body] = answer.split('\r\n\r\n');
  description.check('GET /health/ready', {
    status: Number(head.split(' ')[1]),
    headers: Object.fromEntries(head.split('\r\n').slice(1).map((line) => line.toLowerCase().split(': '))),
    body,
  });
  assert.equal(JSON.parse(body).status, 'draining');
  await stopped;
});

test('everything that is described was seen', () => {
  const ofPage = ['GET /docs/{file} → 200', 'GET /docs/{file} → 304', 'GET /docs/{file} ← path file'];
  // These need two nodes that reach each other, and are tested with them (`tests/blackbox`).
  const ofRaces = VERSIONS.flatMap((version) =>
    ['PUT', 'DELETE'].map((method) => `${method} /${version}/apis/{id} → 409`));
  const needsOthers = [...ofRaces, 'GET /v3/sessions/{id} → 503'];
  const unseen = description.unseen().filter((one) => !needsOthers.includes(one));
  assert.deepEqual(unseen, HAS_PAGE ? [] : ofPage);
});
