// The npm package `eventsource`: the client that most programs on Node use.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { needed, startGateway, streamUrl, withDeadline } from './gateway.mjs';

const { EventSource } = await needed('eventsource');

function open(t, url) {
  const source = new EventSource(url);
  t.after(() => source.close());
  return source;
}

const next = (source, type) => new Promise((resolve) => source.addEventListener(type, resolve, { once: true }));

async function publish(gateway, event) {
  const reply = await fetch(`${gateway.inbound}/_rig/v1/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/cloudevents+json' },
    body: JSON.stringify(event),
  });
  assert.equal(reply.status, 202);
  return reply.json();
}

test('subscribes, publishes and receives many events in order', async (t) => {
  const gateway = await startGateway(t);
  const source = open(t, streamUrl(gateway, 'greeting'));
  const greetings = [];
  let wakeUp = () => {};
  source.addEventListener('greeting', (message) => {
    greetings.push(JSON.parse(message.data));
    wakeUp();
  });

  // Both listeners before the first wait: the two messages may come at once.
  const welcomed = next(source, 'rig.connection.create');
  const subscribed = next(source, 'rig.subscriptions_set');
  const welcome = JSON.parse((await withDeadline('the welcome comes', welcomed)).data);
  assert.equal(typeof welcome.data.connection_token, 'string');
  await withDeadline('the subscriptions hold', subscribed);

  const count = 300;
  for (let i = 0; i < count; i++) {
    const event = { specversion: '1.0', type: 'greeting', source: '/node', id: `${i}`, data: `hello\n${i}` };
    assert.deepEqual(await publish(gateway, event), event);
  }
  await withDeadline('all events came', new Promise((resolve) => {
    wakeUp = () => greetings.length >= count && resolve();
    wakeUp();
  }));
  assert.deepEqual(greetings.map(({ id }) => id), Array.from({ length: count }, (_, i) => `${i}`));
  assert.equal(greetings[7].data, 'hello\n7');
  source.close();
  await gateway.stop();
});

test('a refused stream is an error with its status, and is not tried again', async (t) => {
  const gateway = await startGateway(t);
  const source = open(t, `${gateway.inbound}/_rig/v1/connection/sse?subscriptions=x`);
  const error = await withDeadline('the error comes', new Promise((resolve) => (source.onerror = resolve)));
  assert.equal(error.code, 400);
  assert.equal(source.readyState, EventSource.CLOSED);
  await gateway.stop();
});
