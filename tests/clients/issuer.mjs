// An identity provider: a server that publishes keys, as the test makes it behave.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withDeadline } from './gateway.mjs';

/** A certificate that is its own authority. */
export function makeCertificate(t, name) {
  const folder = mkdtempSync(join(tmpdir(), 'issuer-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const [keyFile, file] = ['key.pem', 'certificate.pem'].map((file) => join(folder, file));
  execFileSync('openssl', [
    'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
    '-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`, '-keyout', keyFile, '-out', file,
  ], { stdio: 'pipe' });
  return { file, key: readFileSync(keyFile), cert: readFileSync(file) };
}

/**
 * Publishes `keys`, over TLS if there is a certificate. `issuer.answer` says how, and can be replaced; `asked` are the
 * paths that were asked for.
 */
export async function startIssuer(t, keys, { certificate, port = 0 } = {}) {
  const sockets = new Set();
  const watchers = new Set();
  const issuer = {
    asked: [],
    answer: (response) => issuer.publish(response, keys),
    publish(response, published) {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ keys: published }));
    },
    /** Waits until it has been asked so often. */
    wasAsked: (count) => withDeadline(`the issuer is asked ${count} times`, new Promise((resolve) => {
      const look = () => issuer.asked.length >= count && resolve();
      watchers.add(look);
      look();
    })),
    /** As a crash does it. */
    async die() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  const serve = (request, response) => {
    issuer.asked.push(request.url);
    issuer.answer(response, request);
    for (const look of [...watchers]) look();
  };
  const server = certificate ? createTlsServer(certificate, serve) : createServer(serve);
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {}); // the gateway may hang up
  });
  server.on('tlsClientError', () => {}); // it does not trust us: the test sees that on the gateway
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port: actual } = server.address();
  issuer.url = certificate ? `https://localhost:${actual}/keys` : `http://127.0.0.1:${actual}/keys`;
  return issuer;
}
