// Runs every block of code of services/rig/docs/clients.md as it stands (but for the ports) against the gateway, and
// checks that it shows what the text says.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { publish, startGateway } from '../clients/gateway.mjs';
import { cutOff, openStream } from '../clients/doors.mjs';
import { startLink } from '../clients/link.mjs';
import { keyPair, now, tokenOf } from '../clients/tokens.mjs';
import { readPage, start, workshop } from './page.mjs';

const { block, blocks, expectAllTested, use } = readPage('clients.md');

/** A gateway for one test, stopped in order at its end. */
const withGateway = (run, settings = {}) => async (t) => {
  const gateway = await startGateway(t, settings);
  await run(t, gateway);
  await gateway.stop();
};

const publishBlock = () => block('/v3/messages');
const streamByCurl = () => blocks.find(({ code }) => code.startsWith('curl -N') && !code.includes('$id'));

/** The block shows what is published once it has subscribed, by the command on the same page. */
const showsTheEvent = (code, options) => withGateway(async (t, gateway) => {
  const client = start(t, code, gateway, options);
  await client.shows(/^subscribed.*$/m);
  const answer = await start(t, publishBlock(), gateway).result();
  assert.equal(JSON.parse(answer).type, 'order.changed');
  await client.shows(/^7$/m);
});

test('event stream, browser', showsTheEvent(block('EventSource(`', 'ask the backend'), { asBrowser: true }));
test('event stream, Node', showsTheEvent(block("from 'eventsource'")));
test('WebSocket, browser', showsTheEvent(block('function connect'), { asBrowser: true }));
test('WebSocket, Node', showsTheEvent(block('function connect'), { before: "import { WebSocket } from 'ws';\n" }));
test('WebSocket, subscribing in-band', withGateway(async (t, gateway) => {
  const client = start(t, block("from 'ws'"), gateway);
  await client.shows(/^subscribed to 1$/m);
  await publish(gateway, 'order.changed', 7);
  await client.shows(/^7$/m);
}));
test('long polling, browser', showsTheEvent(block('for (;;)'), { asBrowser: true }));

test('event stream, curl, and again behind an id', withGateway(async (t, gateway) => {
  const client = start(t, use(streamByCurl()), gateway);
  await client.shows(/^event: rig\.subscriptions_set$/m);
  await publish(gateway, 'order.changed', 1);
  const [, id] = await client.shows(/^event: order\.changed\ndata: .*"id":"1".*\nid: (\S+)$/m);
  await publish(gateway, 'order.changed', 2);
  const second = start(t, block('curl -N', '$id'), gateway, { env: { id } });
  const [shown] = await second.shows(/^event: order\.changed\n[^]*?"data":2/m);
  assert.doesNotMatch(shown, /"data":1/);
}));

test('long polling, curl', withGateway(async (t, gateway) => {
  const cwd = workshop(t);
  const again = () => start(t, block('-c cookies'), gateway, { cwd }).result();
  assert.equal(await again(), '"ok"');
  const { events: greeting } = JSON.parse(await again());
  assert.deepEqual(greeting.map(({ type }) => type), ['rig.connection.create', 'rig.subscriptions_set']);
  assert.equal(greeting[1].data[0].eventType, 'order.changed');
  await publish(gateway, 'order.changed', 7);
  const { events } = JSON.parse(await again());
  assert.deepEqual(events.map(({ data }) => data), [7]);
}));

for (const [what, code, options] of [
  ['an event stream', block('EventSource(`', 'ask the backend'), { asBrowser: true }],
  ['a WebSocket', block('function connect'), { asBrowser: true }],
  ['a WebSocket of Node', block('function connect'), { before: "import { WebSocket } from 'ws';\n" }],
  ['a client that polls', block('for (;;)'), { asBrowser: true }],
]) {
  test(`${what} misses nothing when the connection is cut`, withGateway(async (t, gateway) => {
    const link = await startLink(t, gateway);
    const client = start(t, code, { ...gateway, inbound: link.inbound }, options);
    await client.shows(/^subscribed$/m);
    await publish(gateway, 'order.changed', 1);
    await client.shows(/^1$/m);
    link.cut();
    for (const number of [2, 3, 4]) await publish(gateway, 'order.changed', number);
    link.mend();
    await client.shows(/^1$[^]*^2$[^]*^3$[^]*^4$/m);
    const [all] = await client.shows(/[^]*/);
    assert.doesNotMatch(all, /ask the backend/);
    assert.equal(all.match(/^\d$/gm).length, 4, all);
  }, { RIG_RETRY: '100ms' }));
}

test('a client that polls goes on when its session is over', withGateway(async (t, gateway) => {
  const cwd = workshop(t);
  const again = () => start(t, block('-c cookies'), gateway, { cwd }).result();
  assert.equal(await again(), '"ok"');
  await again();
  await publish(gateway, 'order.changed', 1);
  await again();
  const sessions = async () => /rig_connections\{transport="longpolling"\} (\d+)/.exec(
    await (await fetch(`${gateway.api}/metrics`)).text())[1];
  while ((await sessions()) !== '0') await new Promise((resolve) => setTimeout(resolve, 50));
  await publish(gateway, 'order.changed', 2);
  assert.equal(await again(), '"ok"');
  const events = [];
  while (events.at(-1)?.data !== 2) events.push(...JSON.parse(await again()).events);
  assert.deepEqual(events.map(({ type }) => type).filter((type) => !type.startsWith('rig.')), ['order.changed']);
  assert.ok(events.every(({ type }) => type !== 'rig.gap'));
}, { RIG_LONGPOLLING_IDLE_TIMEOUT: '1s' }));

test('subscriptions are changed by fetch', withGateway(async (t, gateway) => {
  const client = start(t, block('const reply = await fetch(`${connections}/${token}'), gateway, { asBrowser: true });
  await client.shows(/^subscribed to 1$/m);
  await publish(gateway, 'order.changed', 7);
  await client.shows(/^7$/m);
}));

test('subscriptions are changed and told by curl', withGateway(async (t, gateway) => {
  const stream = start(t, streamByCurl(), gateway);
  const [, token] = await stream.shows(/"connection_token":"([^"]+)"/);
  const told = () => start(t, block('curl localhost', '$token'), gateway, { env: { token } }).result();
  const expected = { subscriptions: [{ eventType: 'order.changed', oneOf: [] }] };
  assert.deepEqual(JSON.parse(await told()), expected);
  const put = await start(t, block('-X PUT', '$token'), gateway, { env: { token } }).result();
  assert.match(put, /^HTTP\/1\.1 204 /);
  await stream.shows(/rig\.subscriptions_set[^]*rig\.subscriptions_set/);
  assert.deepEqual(JSON.parse(await told()), expected);
}));

/** What the page leaves to its reader: the first token, and those after it. */
const freshTokens = ({ brief, fresh }) => `
let shown = 0;
const freshToken = async () => (shown++ === 0 ? ${JSON.stringify(brief)} : ${JSON.stringify(fresh)});
`;

for (const [what, code] of [
  ['an event stream', block('rig.token_expiring', 'EventSource')],
  ['a WebSocket', block('rig.token_expiring', 'WebSocket')],
]) {
  const settings = { JWT_SECRET_KEY: keyPair('HS256').setting, RIG_TOKEN_EXPIRY_WARNING: '1h' };
  const tokenUntil = (exp, jti) => tokenOf('HS256', keyPair('HS256'), { exp, jti });

  test(`a fresh token keeps ${what}, and a session that is cut off ends it`, withGateway(async (t, gateway) => {
    const brief = await tokenUntil(now() + 3, 'session-1');
    const before = freshTokens({ brief, fresh: await tokenUntil(now() + 7200, 'session-1') });
    const client = start(t, code, gateway, { asBrowser: true, before });
    const other = await openStream(t, gateway, { jwt: brief });
    await other.next('rig.token_expired');
    await publish(gateway, 'order.changed', 7);
    await client.shows(/^7$/m);
    await cutOff(gateway, 'session-1');
    await client.shows(/^(rig\.session_killed|1000 Session killed\.)$/m);
    assert.doesNotMatch(await client.result(), /expired/);
  }, settings));

  test(`${what} without a fresh token ends with the old one`, withGateway(async (t, gateway) => {
    const brief = await tokenUntil(now() + 2, 'session-1');
    const client = start(t, code, gateway, { asBrowser: true, before: freshTokens({ brief, fresh: brief }) });
    await client.shows(/^(rig\.token_expired|1008 Token expired\.)$/m);
    await client.result();
  }, settings));
}

test('every block of the page is tested', expectAllTested);
