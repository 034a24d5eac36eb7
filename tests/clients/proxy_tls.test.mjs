// Backends that speak TLS (Node's own), verified as their API says, with certificates by openssl.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:https';
import { test } from 'node:test';
import { samples, startGateway, withDeadline } from './gateway.mjs';
import { makeCertificate } from './issuer.mjs';

/** A backend with a certificate of its own for that name; it answers with the name that it was asked for. */
async function startBackend(t, name) {
  const certificate = makeCertificate(t, name);
  const backend = createServer(certificate, (request, response) => response.end(`${request.socket.servername}`));
  backend.on('tlsClientError', () => {}); // the gateway does not trust it
  backend.listen(0, '127.0.0.1');
  await once(backend, 'listening');
  t.after(() => {
    backend.closeAllConnections();
    backend.close();
  });
  return { port: backend.address().port, ca_file: certificate.file };
}

const api = (id, target_url, port, tls) => ({ id, name: id, proxy: { target_url: `https://${target_url}`, port, tls },
  version_data: { default: { endpoints: [{ id: 'get', method: 'GET', path_regex: `/${id}` }] } } });

/** A gateway with one API for each of these rules, and the answer of each. */
async function answers(t, target_url, port, ...rules) {
  const definitions = rules.map((tls, index) => api(`a${index}`, target_url, port, tls));
  const gateway = await startGateway(t, { PROXY_CONFIG_FILE: JSON.stringify(definitions) });
  const found = [];
  for (const { id } of definitions) {
    const response = await fetch(`${gateway.inbound}/${id}`);
    const text = await response.text();
    found.push(response.ok ? text : response.status);
  }
  await gateway.stop();
  return found;
}

test('an API has an authority of its own', async (t) => {
  const { port, ca_file } = await startBackend(t, 'localhost');
  assert.deepEqual(await answers(t, 'localhost', port, undefined, { ca_file }, {}), [502, 'localhost', 502]);
});

test('a certificate for another name is no good, unless nothing is verified', async (t) => {
  const { port, ca_file } = await startBackend(t, 'other.example');
  assert.deepEqual(await answers(t, 'localhost', port, { ca_file }, { verify: false }), [502, 'localhost']);
});

test('a server is asked for by another name than its host, and verified by it', async (t) => {
  const { port, ca_file } = await startBackend(t, 'inner.example');
  const found = await answers(t, '127.0.0.1', port, { ca_file }, { ca_file, server_name: 'inner.example' },
    { ca_file, server_name: 'wrong.example' });
  assert.deepEqual(found, [502, 'inner.example', 502]);
});

test('targets that are checked and balanced are verified in the same way', async (t) => {
  const { port, ca_file } = await startBackend(t, 'localhost');
  const definition = api('a', 'localhost', port, { ca_file });
  definition.proxy.health_check = { path: '/', interval: 250, unhealthy_after: 1 };
  const gateway = await startGateway(t, { PROXY_CONFIG_FILE: JSON.stringify([definition]) });
  assert.equal(await (await fetch(`${gateway.inbound}/a`)).text(), 'localhost');
  const checks = async (wanted) => (await samples(gateway, 'rig_proxy_health_checks_total'))
    .reduce((sum, { result, value }) => sum + (result === wanted ? value : 0), 0);
  await withDeadline('a check is good', (async () => {
    while (await checks('ok') === 0);
  })());
  assert.equal(await checks('failed'), 0);
  await gateway.stop();
});

test('a file without certificates is refused with the definition', async (t) => {
  const gateway = await startGateway(t, {});
  const response = await fetch(`${gateway.api}/v3/apis`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(api('a', 'localhost', 1, { ca_file: '/no/such.pem' })),
  });
  assert.equal(response.status, 400);
  assert.match(await response.text(), /tls\.ca_file.*must be a file of certificates/);
  await gateway.stop();
});
