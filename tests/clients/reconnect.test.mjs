// Clients that come back by themselves: EventSource of a browser and of Node, and a WebSocket with a cursor. The
// connection is cut, or the gateway ends, is killed and starts again, and the client does what its makers wrote.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage, screenshot } from './browser.mjs';
import { needed, publish, quietPort, socketUrl, startGateway, streamUrl, withDeadline } from './gateway.mjs';
import { startLink } from './link.mjs';

const { EventSource } = await needed('eventsource');
const { WebSocket } = await needed('ws');

/** What a client shows, as texts; `until(f)` waits for a state of it. */
function watched() {
  const seen = { events: [], gaps: [], opened: 0, interrupted: 0 };
  let check = () => {};
  return {
    seen,
    change: (act) => {
      act(seen);
      check();
    },
    until: (what, holds) => withDeadline(what, new Promise((resolve) => {
      check = () => holds(seen) && resolve();
      check();
    })),
  };
}

/** The client of Node, with the interface that the tests below need. */
async function nodeClient(t, origin) {
  const { seen, change, until } = watched();
  const source = new EventSource(streamUrl({ inbound: origin }, 'count'));
  t.after(() => source.close());
  source.addEventListener('count', ({ data }) => change(({ events }) => events.push(`${JSON.parse(data).data}`)));
  source.addEventListener('rig.gap', ({ data }) => change(({ gaps }) => gaps.push(JSON.parse(data).data.reason)));
  source.addEventListener('rig.subscriptions_set', () => change((all) => all.opened++));
  source.onerror = () => change((all) => all.interrupted++);
  return {
    subscribed: () => until('it subscribed', ({ opened }) => opened > 0),
    interrupted: () => until('it notices', ({ interrupted }) => interrupted > 0),
    count: (number) => until(`number ${number} came`, ({ events }) => events.includes(`${number}`)),
    gap: () => until('it is told of a gap', ({ gaps }) => gaps.length > 0),
    events: async () => seen.events,
    gaps: async () => seen.gaps,
    end: async () => source.close(),
  };
}

/** The same of a page in a browser. */
const pageClient = (picture) => async (t, origin) => {
  const { page, problems, close } = await openPage(t, 'reconnect.html', origin, { expected: /net::ERR_/ });
  return {
    subscribed: () => page.getByText('subscribed').waitFor(),
    interrupted: () => page.getByText('interrupted').waitFor(),
    count: (number) => page.locator('#events li').getByText(`${number}`, { exact: true }).waitFor(),
    gap: () => page.locator('#gaps li').first().waitFor(),
    events: () => page.locator('#events li').allTextContents(),
    gaps: () => page.locator('#gaps li').allTextContents(),
    async end() {
      await screenshot(page, picture);
      assert.deepEqual(problems(), []);
      await close();
    },
  };
};

const numbers = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

async function publishAll(gateway, from, to) {
  for (const number of numbers(from, to)) await publish(gateway, 'count', number);
}

const missesNothing = (open) => async (t) => {
  const gateway = await startGateway(t);
  const link = await startLink(t, gateway);
  const client = await open(t, link.inbound);
  await client.subscribed();
  await publishAll(gateway, 1, 5);
  await client.count(5);
  link.cut();
  await client.interrupted();
  await publishAll(gateway, 6, 15);
  link.mend();
  await client.count(15);
  await publishAll(gateway, 16, 20);
  await client.count(20);
  assert.deepEqual(await client.events(), numbers(1, 20).map(String));
  assert.deepEqual(await client.gaps(), []);
  const streams = link.heads.filter((head) => head.includes('/connection/sse'));
  assert.doesNotMatch(streams[0], /^last-event-id:/im);
  assert.match(streams.at(-1), /^last-event-id: \S+$/im);
  await client.end();
  await gateway.stop();
};

const isToldOfAGap = (open, end) => async (t) => {
  const settings = { INBOUND_PORT: `${await quietPort()}` };
  const first = await startGateway(t, settings);
  const client = await open(t, first.inbound);
  await client.subscribed();
  await publishAll(first, 1, 3);
  await client.count(3);
  await end(first);
  await client.interrupted();
  const second = await startGateway(t, settings);
  await client.gap(); // which comes once the subscriptions are in force
  await publishAll(second, 4, 6);
  await client.count(6);
  assert.deepEqual(await client.events(), numbers(1, 6).map(String));
  assert.deepEqual(await client.gaps(), ['restarted']);
  await client.end();
  await second.stop();
};

for (const [who, open] of [
  ['Node: EventSource', () => nodeClient],
  ['browser: EventSource', (picture) => pageClient(picture)],
]) {
  test(`${who} whose connection is cut misses nothing and gets nothing twice`,
    missesNothing(open('reconnect-cut.png')));
  test(`${who} is told of the gap when the gateway was restarted`,
    isToldOfAGap(open('reconnect-restart.png'), (gateway) => gateway.stop()));
  test(`${who} is told of the gap when the gateway was killed`,
    isToldOfAGap(open('reconnect-kill.png'), (gateway) => gateway.kill()));
}

test('a WebSocket that asks for cursors resumes behind the last one', async (t) => {
  const gateway = await startGateway(t);
  const link = await startLink(t, gateway);
  const { seen, change, until } = watched();
  let cursor = '';
  const open = () => {
    const socket = new WebSocket(`${socketUrl(link, 'count')}&rigcursor=true&last_event_id=${cursor}`);
    t.after(() => socket.terminate());
    socket.on('message', (text) => change((all) => {
      const event = JSON.parse(text);
      if (event.rigcursor) cursor = event.rigcursor;
      if (event.type === 'count') all.events.push(event.data);
      if (event.type === 'rig.subscriptions_set') all.opened++;
      if (event.type === 'rig.gap') all.gaps.push(event.data.reason);
    }));
    socket.on('error', () => {}); // a close follows, which is what counts
    socket.on('close', () => change((all) => all.interrupted++));
    return socket;
  };
  open();
  await until('it subscribed', ({ opened }) => opened === 1);
  await publishAll(gateway, 1, 5);
  await until('5 came', ({ events }) => events.includes(5));
  link.cut();
  await until('it notices', ({ interrupted }) => interrupted === 1);
  await publishAll(gateway, 6, 15);
  link.mend();
  const socket = open();
  await until('15 came', ({ events }) => events.includes(15));
  await publishAll(gateway, 16, 20);
  await until('20 came', ({ events }) => events.includes(20));
  assert.deepEqual(seen.events, numbers(1, 20));
  assert.deepEqual(seen.gaps, []);
  socket.close();
  await until('it is closed', ({ interrupted }) => interrupted === 2);
  await gateway.stop();
});
