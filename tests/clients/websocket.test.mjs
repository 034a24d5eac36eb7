// The npm package `ws`: the WebSocket client that most programs on Node use.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { needed, publish, socketUrl, startGateway, withDeadline } from './gateway.mjs';

const { WebSocket } = await needed('ws');

/** A client, and its messages one by one, in order, none lost between two calls. */
function open(t, url, ...options) {
  const socket = new WebSocket(url, ...options);
  t.after(() => {
    socket.on('error', () => {}); // it may not have been opened yet
    socket.terminate();
  });
  const messages = [];
  let wakeUp = () => {};
  socket.on('message', (bytes, isBinary) => {
    messages.push({ event: JSON.parse(bytes), isBinary });
    wakeUp();
  });
  const next = async (type) => {
    const came = new Promise((resolve) => {
      wakeUp = () => messages.length > 0 && resolve();
      wakeUp();
    });
    await withDeadline(`${type} comes`, came);
    const { event, isBinary } = messages.shift();
    assert.equal(event.type, type);
    assert.equal(isBinary, false);
    return event;
  };
  const greeting = async () => {
    const welcome = await next('rig.connection.create');
    assert.equal(typeof welcome.data.connection_token, 'string');
    return next('rig.subscriptions_set');
  };
  return { socket, next, greeting };
}

async function closed(socket) {
  const [code, reason] = await withDeadline('the socket closes', once(socket, 'close'));
  return { code, reason: reason.toString() };
}

test('subscribes, receives many events in order, and closes', async (t) => {
  const gateway = await startGateway(t);
  const { socket, next, greeting } = open(t, socketUrl(gateway, 'count'));
  const confirmation = await greeting();
  assert.deepEqual(confirmation.data, [{ eventType: 'count', oneOf: [] }]);
  assert.equal(socket.protocol, '');
  assert.equal(socket.extensions, '');
  for (let i = 0; i < 300; i++) await publish(gateway, 'count', i);
  for (let i = 0; i < 300; i++) assert.equal((await next('count')).data, i);
  const end = closed(socket);
  socket.close(1000, 'that was all');
  assert.equal((await end).code, 1000);
  await gateway.stop();
});

test('changes its subscriptions over the socket', async (t) => {
  const gateway = await startGateway(t);
  const { socket, next, greeting } = open(t, socketUrl(gateway, 'old'));
  await greeting();
  socket.send(JSON.stringify({ subscriptions: [{ eventType: 'new' }] }));
  assert.equal((await next('rig.subscriptions_set')).data[0].eventType, 'new');
  await publish(gateway, 'old', 1);
  await publish(gateway, 'new', 2);
  assert.equal((await next('new')).data, 2);
  socket.send(JSON.stringify({ subscriptions: [{}] }));
  assert.match((await next('rig.error')).data.message, /event-type not found/);
  await publish(gateway, 'new', 3);
  assert.equal((await next('new')).data, 3);
  const end = closed(socket);
  socket.send('hello');
  assert.deepEqual(await end, {
    code: 1000,
    reason: 'This WebSocket endpoint cannot be used for two-way communication.',
  });
  await gateway.stop();
});

test('pings and is pinged', async (t) => {
  const gateway = await startGateway(t, { RIG_HEARTBEAT_INTERVAL: '1s' });
  const { socket, greeting } = open(t, socketUrl(gateway, 'a'));
  await greeting();
  const pong = once(socket, 'pong');
  socket.ping('are you there?');
  const [payload] = await withDeadline('the pong comes', pong);
  assert.equal(payload.toString(), 'are you there?');
  // The package answers pings; a client that does not is cut after the second.
  for (let i = 0; i < 4; i++) await withDeadline('a ping comes', once(socket, 'ping'));
  assert.equal(socket.readyState, WebSocket.OPEN);
  await gateway.stop();
});

test('a client that answers no pings is cut', async (t) => {
  const gateway = await startGateway(t, { RIG_HEARTBEAT_INTERVAL: '250ms' });
  const { socket } = open(t, socketUrl(gateway, 'a'), { autoPong: false });
  assert.deepEqual(await closed(socket), { code: 1001, reason: 'no answer to pings' });
  await gateway.stop();
});

test('agrees on the subprotocol that the gateway knows, and on no other', async (t) => {
  const gateway = await startGateway(t);
  const { socket, greeting } = open(t, socketUrl(gateway, 'a'), ['soap', 'cloudevents.json']);
  await greeting();
  assert.equal(socket.protocol, 'cloudevents.json');
  const other = open(t, socketUrl(gateway, 'a'), ['soap']);
  const [error] = await withDeadline('the client gives up', once(other.socket, 'error'));
  assert.match(error.message, /no subprotocol/);
  await gateway.stop();
});

test('is refused with a status before the upgrade', async (t) => {
  const gateway = await startGateway(t);
  const { socket } = open(t, `${gateway.inbound.replace('http', 'ws')}/_rig/v1/connection/ws?subscriptions=x`);
  const [, response] = await withDeadline('the answer comes', once(socket, 'unexpected-response'));
  assert.equal(response.statusCode, 400);
  response.resume();
  await gateway.stop();
});

test('compresses in both directions when the gateway allows it', async (t) => {
  const gateway = await startGateway(t, { RIG_WS_DEFLATE: 'on' });
  const { socket, next, greeting } = open(t, socketUrl(gateway, 'count'), { perMessageDeflate: { threshold: 0 } });
  await greeting();
  assert.match(socket.extensions, /permessage-deflate/);
  for (let i = 0; i < 20; i++) await publish(gateway, 'count', i);
  for (let i = 0; i < 20; i++) assert.equal((await next('count')).data, i);
  const types = Array.from({ length: 20 }, (_, i) => ({ eventType: `com.shop.order.changed.${i}` }));
  socket.send(JSON.stringify({ subscriptions: types }));
  const { data } = await next('rig.subscriptions_set');
  assert.deepEqual(data.map(({ eventType }) => ({ eventType })), types);
  await gateway.stop();
});

test('many clients are told that the gateway goes away', async (t) => {
  const gateway = await startGateway(t, { RIG_SHARDS: '4' });
  const clients = Array.from({ length: 50 }, () => open(t, socketUrl(gateway, 'a')));
  await Promise.all(clients.map(({ greeting }) => greeting()));
  const ends = clients.map(({ socket }) => closed(socket));
  await gateway.stop();
  for (const { code } of await Promise.all(ends)) assert.equal(code, 1001);
});
