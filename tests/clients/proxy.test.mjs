// Servers and clients of other people's making, with the proxy between them: the npm packages `ws` and `eventsource`, and
// Node's own HTTP.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { needed, startGateway, withDeadline } from './gateway.mjs';

const { WebSocket, WebSocketServer } = await needed('ws');
const { EventSource } = await needed('eventsource');

/** A gateway that passes everything on to the backend that is made of this handler. */
async function startBehindGateway(t, handler) {
  const backend = createServer(handler);
  backend.listen(0, '127.0.0.1');
  await once(backend, 'listening');
  t.after(() => {
    backend.closeAllConnections();
    backend.close();
  });
  const endpoints = ['GET', 'POST'].map((method) => ({ id: method, method, path_regex: '/.*' }));
  const definition = { id: 'a', name: 'A', version_data: { default: { endpoints } },
    proxy: { target_url: '127.0.0.1', port: backend.address().port } };
  const gateway = await startGateway(t, { PROXY_CONFIG_FILE: JSON.stringify([definition]) });
  return { backend, gateway };
}

test('a WebSocket through the proxy carries text, bytes, pings and the close', async (t) => {
  const { backend, gateway } = await startBehindGateway(t, (request, response) => response.end());
  const server = new WebSocketServer({ server: backend, perMessageDeflate: true });
  server.on('connection', (socket, request) => {
    socket.send(request.url);
    socket.on('message', (bytes, isBinary) => socket.send(bytes, { binary: isBinary }));
    socket.on('close', (code, reason) => server.emit('left', code, `${reason}`));
  });
  const socket = new WebSocket(`${gateway.inbound.replace('http', 'ws')}/chat?room=1`, 'chat');
  t.after(() => socket.terminate());
  const next = () => withDeadline('a message comes', once(socket, 'message'));
  const [hello] = await next();
  assert.equal(`${hello}`, '/chat?room=1');
  assert.equal(socket.protocol, 'chat');
  for (const sent of ['a text', randomBytes(1 << 20)]) {
    const came = next();
    socket.send(sent);
    const [bytes, isBinary] = await came;
    assert.equal(isBinary, typeof sent !== 'string');
    assert.ok(Buffer.from(sent).equals(bytes));
  }
  const pong = once(socket, 'pong');
  socket.ping('x');
  assert.equal(`${(await withDeadline('a pong comes', pong))[0]}`, 'x');
  const left = once(server, 'left');
  socket.close(4001, 'enough');
  assert.deepEqual(await withDeadline('the server sees the close', left), [4001, 'enough']);
  await gateway.stop();
});

test('an event stream of a backend, and its client comes back', async (t) => {
  let seen = 0;
  const { gateway } = await startBehindGateway(t, (request, response) => {
    const from = Number(request.headers['last-event-id'] ?? 0) + 1;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('retry: 10\n\n');
    response.write(`id: ${from}\ndata: ${from}\n\n`);
    if (++seen < 3) response.end(); // it is cut off twice
  });
  const stream = new EventSource(`${gateway.inbound}/stream`);
  t.after(() => stream.close());
  const numbers = [];
  await withDeadline('three events come', new Promise((resolve) => {
    stream.addEventListener('message', ({ data }) => {
      numbers.push(Number(data));
      if (numbers.length === 3) resolve();
    });
  }));
  assert.deepEqual(numbers, [1, 2, 3]);
  stream.close();
  await gateway.stop();
});

test('a body that fetch streams comes back as it was', async (t) => {
  const { gateway } = await startBehindGateway(t, (request, response) => request.pipe(response));
  const sent = randomBytes(8 << 20);
  const body = new ReadableStream({
    start(controller) {
      for (let at = 0; at < sent.length; at += 100_000) controller.enqueue(sent.subarray(at, at + 100_000));
      controller.close();
    },
  });
  const reply = await fetch(`${gateway.inbound}/echo`, { method: 'POST', body, duplex: 'half' });
  assert.ok(sent.equals(Buffer.from(await reply.arrayBuffer())));
  await gateway.stop();
});
