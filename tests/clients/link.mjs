// A TCP connection that a test can cut and mend: between a client and the gateway, as the network is.
import { connect, createServer } from 'node:net';

/** Forwards to the gateway; ends with the test `t`. */
export async function startLink(t, gateway) {
  const { hostname, port } = new URL(gateway.inbound);
  const open = new Set();
  const waiting = [];
  const heads = [];
  let isCut = false;

  function join(client) {
    const server = connect(Number(port), hostname);
    client.once('data', (bytes) => heads.push(bytes.toString('latin1').split('\r\n\r\n')[0]));
    for (const [from, to] of [[client, server], [server, client]]) {
      open.add(from);
      from.on('close', () => {
        open.delete(from);
        to.destroy();
      });
      from.on('error', () => to.destroy());
      from.pipe(to);
    }
  }

  const listener = createServer((client) => {
    client.on('error', () => client.destroy());
    if (isCut) waiting.push(client);
    else join(client);
  });
  await new Promise((resolve) => listener.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    listener.close();
    for (const socket of [...open, ...waiting]) socket.destroy();
  });
  return {
    inbound: `http://127.0.0.1:${listener.address().port}`,
    /** The heads of the first request of each connection that was forwarded. */
    heads,
    /** Cuts all connections; who connects from now on gets no answer. */
    cut() {
      isCut = true;
      for (const socket of [...open]) socket.destroy();
    },
    /** Forwards again, and who waits comes first. */
    mend() {
      isCut = false;
      for (const client of waiting.splice(0)) join(client);
    },
  };
}
