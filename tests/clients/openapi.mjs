// The gateway's own description of what it serves, held against what it does.
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { needed, withDeadline } from './gateway.mjs';

const { default: Ajv2020 } = await needed('ajv/dist/2020.js');
const { default: addFormats } = await needed('ajv-formats');

const METHODS = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options', 'trace'];

/** With each `$ref` replaced by what it names. */
function resolved(node, document) {
  if (Array.isArray(node)) return node.map((one) => resolved(one, document));
  if (node === null || typeof node !== 'object') return node;
  if (typeof node.$ref === 'string') {
    const segments = decodeURIComponent(node.$ref).replace(/^#\//, '').split('/');
    const names = segments.map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
    return resolved(names.reduce((found, name) => found[name], document), document);
  }
  return Object.fromEntries(Object.entries(node).map(([name, value]) => [name, resolved(value, document)]));
}

/** A member that no schema has is an error, unless the schema says that there may be others. */
function closed(node) {
  if (Array.isArray(node)) return node.map(closed);
  if (node === null || typeof node !== 'object') return node;
  const all = Object.fromEntries(Object.entries(node).map(([name, value]) => [name, closed(value)]));
  return 'properties' in all ? { additionalProperties: false, ...all } : all;
}

const essence = (type = '') => type.split(';')[0].trim().toLowerCase();
const mediaIn = (content, type) => [essence(type), '*/*'].find((name) => name in content);

/** An answer; that of a stream or an upgrade as soon as its head is there. */
function exchange(url, { method, headers, body }) {
  return withDeadline(`${method} ${url} is answered`, new Promise((resolve, reject) => {
    const call = request(url, { method, headers, agent: false });
    const tell = (response, text) => {
      call.destroy();
      resolve({ status: response.statusCode, headers: response.headers, body: text });
    };
    call.on('error', reject);
    call.on('upgrade', (response) => tell(response, ''));
    call.on('response', async (response) => {
      if (essence(response.headers['content-type']) === 'text/event-stream') return tell(response, '');
      const pieces = [];
      for await (const bytes of response) pieces.push(bytes);
      tell(response, Buffer.concat(pieces).toString());
    });
    call.end(body);
  }));
}

export class Description {
  #ajv = addFormats(new Ajv2020({ strict: false, allErrors: true }));
  #validators = new Map();
  #seen = new Set();
  #servers = new WeakMap();

  constructor(text) {
    const document = JSON.parse(text);
    this.paths = closed(resolved(document.paths, document));
    this.security = document.security;
  }

  /** All operations: `name` is "GET /v3/apis". */
  operations() {
    return Object.entries(this.paths).flatMap(([path, item]) => METHODS
      .filter((method) => method in item)
      .map((method) => ({
        name: `${method.toUpperCase()} ${path}`,
        method: method.toUpperCase(),
        path,
        isForClients: 'servers' in item,
        isOpen: (item[method].security ?? this.security).length === 0,
        parameters: [...(item.parameters ?? []), ...(item[method].parameters ?? [])],
        ...item[method],
      })));
  }

  /**
   * Sends an operation to a gateway, to the address that this gateway's own description has, and compares request and answer
   * with what is written of it: `values` are those of its parameters by name. Returns the answer.
   */
  async send(gateway, name, { status, values = {}, headers = {}, type, body } = {}) {
    const operation = this.#operation(name);
    const path = operation.path.replace(/\{(\w+)\}/g, (_, parameter) => values[parameter] ?? parameter);
    const url = new URL(path, await this.#serverOf(gateway, operation));
    const all = { ...headers };
    if (type) all['content-type'] = type;
    for (const parameter of operation.parameters) this.#put(parameter, values[parameter.name], url, all);
    const sent = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    if (sent !== undefined) all['content-length'] = Buffer.byteLength(sent);
    const answer = await exchange(url, { method: operation.method, headers: all, body: sent });
    assert.equal(answer.status, status, `${name}: ${answer.body.slice(0, 200)}`);
    this.#checkAnswer(operation, answer);
    if (status < 400) this.#checkRequest(operation, values, type, sent);
    return answer;
  }

  /** Compares an answer that came otherwise. */
  check(name, answer) {
    this.#checkAnswer(this.#operation(name), answer);
  }

  /** What is described and was never sent or answered. */
  unseen() {
    const all = this.operations().flatMap(({ name, parameters, requestBody, responses }) => [
      ...Object.keys(responses).map((status) => `${name} → ${status}`),
      ...parameters.map((parameter) => `${name} ← ${parameter.in} ${parameter.name}`),
      ...Object.keys(requestBody?.content ?? {}).map((type) => `${name} ← ${type}`),
    ]);
    return all.filter((one) => !this.#seen.has(one));
  }

  #operation(name) {
    const operation = this.operations().find((one) => one.name === name);
    assert.ok(operation, `${name} is described`);
    return operation;
  }

  async #serverOf(gateway, { path, isForClients }) {
    if (!this.#servers.has(gateway)) {
      const { servers, paths } = await (await fetch(`${gateway.api}/openapi.json`)).json();
      const forClients = Object.values(paths).flatMap((item) => item.servers ?? []);
      this.#servers.set(gateway, { servers, forClients });
    }
    const { servers, forClients } = this.#servers.get(gateway);
    const [{ url }] = isForClients ? forClients : servers;
    assert.ok(forClients.every((one) => one.url === forClients[0].url), path);
    return new URL(url, gateway.api);
  }

  #put(parameter, value, url, headers) {
    if (value === undefined) return;
    const text = parameter.content ? JSON.stringify(value) : `${value}`;
    if (parameter.in === 'query') url.searchParams.set(parameter.name, text);
    if (parameter.in === 'header') headers[parameter.name] = text;
    if (parameter.in === 'cookie')
      headers.cookie = [headers.cookie, `${parameter.name}=${text}`].filter(Boolean).join('; ');
  }

  #checkRequest({ name, parameters, requestBody }, values, type, body) {
    for (const parameter of parameters) {
      const value = values[parameter.name];
      assert.ok(value !== undefined || !parameter.required, `${name} needs ${parameter.name}`);
      if (value === undefined) continue;
      this.#validate(parameter.schema ?? parameter.content['application/json'].schema, value, `${name}: ${parameter.name}`);
      this.#seen.add(`${name} ← ${parameter.in} ${parameter.name}`);
    }
    if (body === undefined) {
      assert.ok(!requestBody?.required, `${name} needs a body`);
      return;
    }
    const media = mediaIn(requestBody?.content ?? {}, type);
    assert.ok(media, `${name} takes ${type}`);
    this.#validate(requestBody.content[media].schema, media.endsWith('json') ? JSON.parse(body) : body, `${name}: body`);
    this.#seen.add(`${name} ← ${media}`);
  }

  #checkAnswer({ name, responses }, { status, headers, body }) {
    const described = responses[status];
    assert.ok(described, `${name} → ${status} is described`);
    for (const [header, { required, schema }] of Object.entries(described.headers ?? {})) {
      const value = headers[header];
      assert.ok(value !== undefined || !required, `${name} → ${status} has ${header}`);
      if (value === undefined) continue;
      const text = Array.isArray(value) ? value[0] : value;
      this.#validate(schema, schema.type === 'integer' ? Number(text) : text, `${name} → ${status}: ${header}`);
    }
    this.#seen.add(`${name} → ${status}`);
    if (!described.content) {
      assert.equal(body, '', `${name} → ${status} has no body`);
      return;
    }
    const media = mediaIn(described.content, headers['content-type']);
    assert.ok(media, `${name} → ${status} may be ${headers['content-type']}`);
    const value = media === 'application/json' ? JSON.parse(body) : body;
    this.#validate(described.content[media].schema, value, `${name} → ${status}`);
  }

  #validate(schema, value, what) {
    if (!this.#validators.has(schema)) this.#validators.set(schema, this.#ajv.compile(schema));
    const validate = this.#validators.get(schema);
    assert.ok(validate(value), `${what}: ${this.#ajv.errorsText(validate.errors)} in ${JSON.stringify(value)}`);
  }
}
