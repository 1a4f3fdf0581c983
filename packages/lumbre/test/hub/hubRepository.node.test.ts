import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { HubError, HubOptions, HubProgress, Repository } from '../../src/hub/index.ts';
import { openRepository } from '../../src/hub/index.ts';
import { type HubRepositoryOptions, hubRepository } from '../../src/node/hub/hubRepository.ts';
import { useFolder } from '../cli/support.ts';
import { sendRange } from '../node/server.ts';
import { COMMIT, etagOf, type MockFile, type MockHub, mockHub, type Seen } from './support/mockHub.ts';

const path = useFolder();
const weights = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 7 + (i >> 8)) & 255);
/** `toEqual` takes seconds for so many. */
const isWeights = (read: Uint8Array) => Buffer.compare(read, weights) === 0;
const bytes = (text: string) => new TextEncoder().encode(text);
const model: readonly (readonly [string, MockFile])[] = [
  ['config.json', { content: bytes('{"model_type": "gpt2"}') }],
  ['model.safetensors', { content: weights, large: true }],
  ['onnx/model.onnx', { content: bytes('onnx'), large: true }],
];

let hub: MockHub;
beforeEach(async () => {
  hub = await mockHub('org/tiny', model);
});
afterEach(() => hub.close());

const open = (
  more: Partial<HubRepositoryOptions> & { token?: string; revision?: string; name?: string } = {},
) => {
  const { token, revision = 'main', name = 'org/tiny', ...options } = more;
  return hubRepository(
    { endpoint: hub.url, name, revision, token },
    { cacheDir: path('hub'), offline: false, backoffMs: 1, tries: 4, timeoutMs: 5000, ...options },
  );
};

const text = async (repository: Repository, file: string) =>
  new TextDecoder().decode(await repository.read(file));

const failure = async (promise: Promise<unknown>): Promise<HubError> =>
  await promise.then(
    () => expect.unreachable('no error'),
    (error: HubError) => error,
  );

const shown = ({ host, method, path: asked, range }: Seen) =>
  `${host} ${method} ${asked.replace(/\?.*/, '')} ${range ?? ''}`.trim();

const cached = (...parts: string[]) => path(join('hub', 'models--org--tiny', ...parts));
const blobOf = (file: string) => cached('blobs', etagOf(hub.files.get(file) as MockFile));

describe('a model of the hub', () => {
  test('is downloaded when it is read, once, and all of it from one commit', async () => {
    const repository = open();
    expect(await text(repository, 'config.json')).toBe('{"model_type": "gpt2"}');
    expect(isWeights(await repository.read('model.safetensors'))).toBe(true);
    expect(hub.seen.map(shown)).toEqual([
      'hub HEAD /org/tiny/resolve/main/config.json',
      `hub GET /org/tiny/resolve/${COMMIT}/config.json`,
      `hub HEAD /org/tiny/resolve/${COMMIT}/model.safetensors`,
      `hub GET /org/tiny/resolve/${COMMIT}/model.safetensors`,
      'cdn GET /storage/model.safetensors',
    ]);
    hub.seen.length = 0;
    const again = open();
    expect(await again.json('config.json')).toEqual(new Map([['model_type', 'gpt2']]));
    expect(isWeights(await again.read('model.safetensors'))).toBe(true);
    expect(hub.seen.map(shown)).toEqual(['hub HEAD /org/tiny/resolve/main/config.json']);
    hub.seen.length = 0;
    expect(await text(open({ revision: COMMIT }), 'config.json')).toContain('gpt2');
    expect(hub.seen).toEqual([]);
  });

  test('parts of a file are read from the disk', async () => {
    const file = await open().open('model.safetensors');
    expect(file).toMatchObject({ name: 'org/tiny/model.safetensors', size: weights.length });
    expect(await file.read(1000, 1010)).toEqual(weights.subarray(1000, 1010));
    await expect(file.read(0, weights.length + 1)).rejects.toThrow(RangeError);
    await file.close();
    await file.close();
  });

  test('lies in the cache as Python puts it', async () => {
    await open().read('onnx/model.onnx');
    await open().read('config.json');
    expect(readFileSync(cached('refs', 'main'), 'utf8')).toBe(COMMIT);
    expect(readlinkSync(cached('snapshots', COMMIT, 'onnx', 'model.onnx'))).toBe(
      join('..', '..', '..', 'blobs', etagOf(hub.files.get('onnx/model.onnx') as MockFile)),
    );
    expect(readdirSync(cached('blobs')).length).toBe(2);
    expect(readdirSync(path('hub/.locks/models--org--tiny'))).toEqual([]);
  });

  test('has what it has, and a file that is missing is asked for once', async () => {
    const repository = open();
    expect(await repository.has('config.json')).toBe(true);
    expect(await repository.has('pytorch_model.bin')).toBe(false);
    expect((await failure(repository.read('pytorch_model.bin'))).code).toBe('hub.noFile');
    expect(statSync(cached('.no_exist', COMMIT, 'pytorch_model.bin')).size).toBe(0);
    expect(hub.seen.length).toBe(2);
    expect(await open({ revision: COMMIT }).has('pytorch_model.bin')).toBe(false);
    expect(hub.seen.length).toBe(2);
    expect(await repository.list()).toEqual(['config.json', 'model.safetensors', 'onnx/model.onnx']);
  });

  test('two that read the same file at the same time download it once', async () => {
    const all = await Promise.all([open(), open(), open()].map((each) => each.read('model.safetensors')));
    for (const read of all) expect(read.length).toBe(weights.length);
    expect(hub.seen.filter(({ host }) => host === 'cdn').length).toBe(1);
  });

  test('a lock that a dead process left is no obstacle', async () => {
    const lock = path(
      `hub/.locks/models--org--tiny/${etagOf(hub.files.get('config.json') as MockFile)}.lumbre.lock`,
    );
    mkdirSync(dirname(lock), { recursive: true });
    const { hostname } = await import('node:os');
    writeFileSync(lock, `${hostname()} 999999999`);
    expect(await text(open(), 'config.json')).toContain('gpt2');
  });

  test('where there are no links, files are copied', async () => {
    process.env.HF_HUB_DISABLE_SYMLINKS = '1';
    try {
      await open().read('onnx/model.onnx');
    } finally {
      delete process.env.HF_HUB_DISABLE_SYMLINKS;
    }
    const place = cached('snapshots', COMMIT, 'onnx', 'model.onnx');
    expect(lstatSync(place).isSymbolicLink()).toBe(false);
    expect(readFileSync(place, 'utf8')).toBe('onnx');
    expect(readdirSync(dirname(place))).toEqual(['model.onnx']);
  });

  test('a model that was renamed is found under its old name', async () => {
    hub.disturb = ({ path: asked }, response) => {
      if (!asked.startsWith('/tiny/')) return false;
      response.writeHead(307, { location: `/org${asked}` }).end();
      return true;
    };
    expect(await text(open({ name: 'tiny' }), 'config.json')).toContain('gpt2');
    expect(statSync(path('hub/models--tiny/refs/main')).isFile()).toBe(true);
  });

  test('a redirect without an end is not followed for ever', async () => {
    hub.disturb = ({ path: asked }, response) => {
      response.writeHead(302, { location: asked }).end();
      return true;
    };
    expect((await failure(open().read('config.json'))).message).toContain('leads on more than');
  });

  test('tells how far it is', async () => {
    const steps: HubProgress[] = [];
    await open({ progress: (step) => steps.push(step) }).read('model.safetensors');
    expect(steps[0]).toMatchObject({ name: 'org/tiny/model.safetensors', bytes: 0, total: weights.length });
    expect(steps.at(-1)).toMatchObject({ bytes: weights.length, total: weights.length });
    expect(steps.every(({ url }) => !url.includes('secret'))).toBe(true);
  });

  test('a link that leads nowhere is made anew, a half blob fetched again', async () => {
    const etag = etagOf(hub.files.get('model.safetensors') as MockFile);
    mkdirSync(cached('snapshots', COMMIT), { recursive: true });
    symlinkSync('../../blobs/gone', cached('snapshots', COMMIT, 'model.safetensors'));
    mkdirSync(cached('blobs'));
    writeFileSync(cached('blobs', etag), 'half');
    expect(isWeights(await open().read('model.safetensors'))).toBe(true);
  });
});

describe('without a network', () => {
  const offline = () => open({ offline: true });

  test('what is here is found, and what is not is told', async () => {
    const online = open();
    await online.read('config.json');
    await online.has('missing.json');
    hub.seen.length = 0;
    expect(await text(offline(), 'config.json')).toContain('gpt2');
    expect(await offline().list()).toEqual(['config.json']);
    expect(await offline().has('missing.json')).toBe(false);
    const error = await failure(offline().read('model.safetensors'));
    expect(error.code).toBe('hub.notCached');
    expect(error.message).toContain('HF_HUB_OFFLINE');
    expect((await failure(open({ offline: true, name: 'org/other' }).read('x'))).code).toBe('hub.notCached');
    expect(hub.seen).toEqual([]);
  });

  test('the last known commit stands in when the hub does not answer', async () => {
    const online = open();
    await online.read('config.json');
    await online.has('missing.json');
    await hub.close();
    expect(await text(open(), 'config.json')).toContain('gpt2');
    expect(await open().has('missing.json')).toBe(false);
    expect(await open().list()).toEqual(['config.json']);
    const error = await failure(open().read('model.safetensors'));
    expect(error.code).toBe('hub.offline');
    expect(error.message).toContain('localFilesOnly');
  });
});

describe('trouble on the way', () => {
  /** Sends the first `count` bytes of the weights, once, and breaks the connection. */
  const cut = (count: number): void => {
    let done = false;
    hub.disturb = (seen, response, _hub, request) => {
      if (seen.host !== 'cdn' || done) return false;
      done = true;
      sendRange(request, response, weights, { stopAfter: count });
      // What was written has to be on its way first.
      setTimeout(() => response.destroy(), 50);
      return true;
    };
  };
  const ranges = () => hub.seen.filter(({ host }) => host === 'cdn').map(({ range }) => range);

  test('a connection that is cut is taken up where it broke', async () => {
    cut(100_000);
    expect(isWeights(await open().read('model.safetensors'))).toBe(true);
    expect(ranges()).toEqual([undefined, 'bytes=100000-']);
  });

  test('a later call goes on with what an earlier one left', async () => {
    cut(120_000);
    expect((await failure(open({ tries: 1 }).read('model.safetensors'))).code).toBe('hub.offline');
    expect(statSync(`${blobOf('model.safetensors')}.incomplete`).size).toBe(120_000);
    expect(isWeights(await open({ tries: 1 }).read('model.safetensors'))).toBe(true);
    expect(ranges()).toEqual([undefined, 'bytes=120000-']);
    expect(readdirSync(cached('blobs')).length).toBe(1);
  });

  test('a half file with other bytes is thrown away', async () => {
    mkdirSync(cached('blobs'), { recursive: true });
    writeFileSync(`${blobOf('model.safetensors')}.incomplete`, 'not what was there');
    expect(isWeights(await open().read('model.safetensors'))).toBe(true);
    expect(ranges()).toEqual(['bytes=18-', undefined]);
  });

  test('a server that knows no ranges is asked from the beginning', async () => {
    mkdirSync(cached('blobs'), { recursive: true });
    writeFileSync(`${blobOf('model.safetensors')}.incomplete`, weights.subarray(0, 1000));
    hub.disturb = (seen, response) => {
      if (seen.host !== 'cdn') return false;
      response.writeHead(200, { 'content-length': weights.length }).end(weights);
      return true;
    };
    expect(isWeights(await open().read('model.safetensors'))).toBe(true);
  });

  test('a server that is busy is asked again when it says so', async () => {
    let count = 0;
    hub.disturb = (_seen, response) => {
      count++;
      if (count > 2) return false;
      response.writeHead(count === 1 ? 429 : 503, { 'retry-after': '0' }).end('slow down');
      return true;
    };
    expect(await text(open(), 'config.json')).toContain('gpt2');
  });

  test('a server that stays busy is given up', async () => {
    hub.disturb = (_seen, response) => {
      response.writeHead(429).end();
      return true;
    };
    const error = await failure(open().read('config.json'));
    expect(error.code).toBe('hub.offline');
    expect(error.message).toContain('the server answered 429');
    expect(hub.seen.length).toBe(4);
  });

  test('a server that says nothing is given up', async () => {
    hub.disturb = () => true;
    const error = await failure(open({ timeoutMs: 50, tries: 2 }).read('config.json'));
    expect(error.message).toContain('no answer for 0.05 s');
  });

  test('a file that is not what its hash says is deleted', async () => {
    hub.lies.set('model.safetensors', { etag: '0'.repeat(64) });
    hub.lies.set('config.json', { etag: '1'.repeat(40) });
    for (const file of ['model.safetensors', 'config.json']) {
      const error = await failure(open().read(file));
      expect(error.code).toBe('hub.wrongHash');
      expect(error.message).toMatch(/hash is|sha256 is/);
    }
    expect(readdirSync(cached('blobs'))).toEqual([]);
  });

  test.each([
    ['less than it is', 1000],
    ['more than it is', 400_000],
  ])('a hub that says that a file has %s is not believed', async (_what, size) => {
    hub.lies.set('model.safetensors', { size });
    const error = await failure(open().read('model.safetensors'));
    expect(error.code).toBe('hub.wrongHash');
    expect(error.message).toContain(`300000 bytes where it lies, but ${hub.url} says ${size}`);
  });

  test('a body that goes on after its end is stopped', async () => {
    hub.disturb = (seen, response) => {
      if (seen.host !== 'cdn') return false;
      // No length: the body ends when the server likes.
      response.writeHead(200);
      response.write(weights);
      response.write(weights);
      return true;
    };
    const error = await failure(open().read('model.safetensors'));
    expect(error.code).toBe('hub.tooLarge');
  });

  test('a reader who goes away stops the download, and the next one goes on', async () => {
    const controller = new AbortController();
    hub.disturb = (seen, response, _hub, request) => {
      if (seen.host !== 'cdn') return false;
      sendRange(request, response, weights, { stopAfter: 50_000 });
      setTimeout(() => controller.abort(), 50);
      return true;
    };
    const error = await failure(open({ signal: controller.signal }).read('model.safetensors'));
    expect(error.code).toBe('hub.aborted');
    hub.disturb = () => false;
    expect(isWeights(await open().read('model.safetensors'))).toBe(true);
    expect(ranges()).toEqual([undefined, 'bytes=50000-']);
  });
});

describe('what the hub refuses', () => {
  test('a model that it does not have, or does not show', async () => {
    const error = await failure(open({ name: 'org/other' }).read('config.json'));
    expect(error.code).toBe('hub.noRepository');
    expect(error.message).toContain('"org/other"');
    expect(error.message).toContain('HF_TOKEN');
    expect((await failure(open({ name: 'org/other' }).list())).code).toBe('hub.noRepository');
  });

  test('a revision that it does not have', async () => {
    const error = await failure(open({ revision: 'v9' }).read('config.json'));
    expect(error.code).toBe('hub.noRevision');
    expect(error.message).toContain('"v9"');
  });

  const refuse = (status: number, headers: Record<string, string>): void => {
    hub.disturb = (_seen, response) => {
      response.writeHead(status, headers).end();
      return true;
    };
  };

  test('a model whose terms nobody accepted', async () => {
    refuse(403, { 'x-error-code': 'GatedRepo' });
    const error = await failure(open({ token: 'hf_secret' }).read('config.json'));
    expect(error.code).toBe('hub.gated');
    expect(error.message).toContain(`${hub.url}/org/tiny`);
    expect(error.message).not.toContain('hf_secret');
  });

  test('a token that is wrong', async () => {
    refuse(401, {
      'x-error-message': 'Invalid credentials\u001b[31m in Authorization header'.replace('\u001b', ''),
    });
    const error = await failure(open({ token: 'hf_secret' }).read('config.json'));
    expect(error.code).toBe('hub.unauthorized');
    expect(error.message).toContain('Is the token (HF_TOKEN) right');
    expect(error.message).not.toContain('hf_secret');
  });

  test('something else', async () => {
    refuse(418, {});
    expect((await failure(open().read('config.json'))).message).toContain('answered 418');
  });

  test('nothing, since it is no hub', async () => {
    refuse(200, {});
    expect((await failure(open().read('config.json'))).message).toContain('does not answer as a hub does');
  });
});

describe('a token', () => {
  test('goes to the hub and never to where that leads', async () => {
    await open({ token: 'hf_secret' }).read('model.safetensors');
    expect(hub.seen.map(({ host, authorization }) => [host, authorization])).toEqual([
      ['hub', 'Bearer hf_secret'],
      ['hub', 'Bearer hf_secret'],
      ['cdn', undefined],
    ]);
  });

  test('is not sent by a redirect that the HEAD request follows', async () => {
    const other = await mockHub('org/tiny', model);
    hub.disturb = (seen, response) => {
      response
        .writeHead(302, {
          location: other.url + seen.path,
          'x-repo-commit': COMMIT,
          'x-linked-etag': etagOf(hub.files.get('config.json') as MockFile),
        })
        .end();
      return true;
    };
    try {
      await open({ token: 'hf_secret' }).read('config.json');
      expect(other.seen.map(({ method, authorization }) => [method, authorization])).toEqual([
        ['GET', undefined],
      ]);
    } finally {
      await other.close();
    }
  });
});

describe('openRepository', () => {
  const withEnvironment = async <T>(values: Record<string, string>, work: () => Promise<T>): Promise<T> => {
    const before = { ...process.env };
    Object.assign(process.env, values);
    try {
      return await work();
    } finally {
      for (const name of Object.keys(values)) delete process.env[name];
      Object.assign(process.env, before);
    }
  };

  test('follows the environment', async () => {
    const environment = { HF_HOME: path('home'), HF_ENDPOINT: `${hub.url}/`, HF_TOKEN: ' hf_mine\n' };
    await withEnvironment(environment, async () => {
      const repository = await openRepository('org/tiny');
      expect(await text(repository, 'config.json')).toContain('gpt2');
      expect(statSync(path('home/hub/models--org--tiny/refs/main')).isFile()).toBe(true);
      expect(hub.seen[0]?.authorization).toBe('Bearer hf_mine');
      const count = hub.seen.length;
      await withEnvironment({ HF_HUB_OFFLINE: '1' }, async () => {
        expect(await text(await openRepository('org/tiny'), 'config.json')).toContain('gpt2');
      });
      expect(hub.seen.length).toBe(count);
    });
  });

  const options = (more: HubOptions = {}): HubOptions => ({
    endpoint: hub.url,
    cacheDir: path('elsewhere'),
    token: false,
    ...more,
  });

  test('takes the address of a model, a revision in it', async () => {
    const repository = await openRepository(`${hub.url}/org/tiny/tree/${COMMIT}`, options());
    expect(repository.name).toBe('org/tiny');
    expect(await text(repository, 'config.json')).toContain('gpt2');
    expect(hub.seen.map(shown)[0]).toBe(`hub HEAD /org/tiny/resolve/${COMMIT}/config.json`);
    expect(statSync(path('elsewhere/models--org--tiny')).isDirectory()).toBe(true);
  });

  test('takes a folder of any web server, and reads parts of its files', async () => {
    hub.disturb = (seen, response, _hub, request) => {
      const file = hub.files.get(seen.path.replace('/files/my model/', ''));
      if (file) sendRange(request, response, file.content);
      else response.writeHead(404).end();
      return true;
    };
    const url = hub.url.replace('127.0.0.1', 'localhost');
    const repository = await openRepository(`${url}/files/my model`, options());
    expect(await text(repository, 'config.json')).toContain('gpt2');
    expect(await repository.has('nothing.json')).toBe(false);
    const file = await repository.open('model.safetensors');
    expect(await file.read(299_990, 300_000)).toEqual(weights.subarray(299_990));
    await file.close();
  });

  test('takes a folder', async () => {
    mkdirSync(path('model/inside'), { recursive: true });
    writeFileSync(path('model/config.json'), '{"a": [1]}');
    writeFileSync(path('model/inside/x.txt'), 'x');
    writeFileSync(path('secret.txt'), 'secret');
    const repository = await openRepository(path('model'));
    expect(await repository.list()).toEqual(['config.json', 'inside/x.txt']);
    expect(await repository.json('config.json')).toEqual(new Map([['a', [1]]]));
    expect(await repository.has('inside')).toBe(false);
    expect((await failure(repository.read('inside'))).code).toBe('hub.noFile');
    expect((await failure(repository.read('../secret.txt'))).code).toBe('hub.badPath');
  });

  test.each([
    ['./nothing', 'hub.noRepository'],
    ['/nothing/here', 'hub.noRepository'],
    ['a/b/c', 'hub.badName'],
    ['a--b', 'hub.badName'],
    ['org/..', 'hub.badName'],
    ['org/na me', 'hub.badName'],
    ['https://user:word@huggingface.co/gpt2', 'hub.badName'],
  ])('refuses %s', async (source, code) => {
    expect((await failure(openRepository(source, options()))).code).toBe(code);
  });

  test('refuses a revision that is a path', async () => {
    expect((await failure(openRepository('gpt2', options({ revision: '../x' })))).code).toBe('hub.badName');
  });

  test('refuses a token that is none, without showing it', async () => {
    const error = await failure(openRepository('gpt2', options({ token: 'two words' })));
    expect(error.code).toBe('hub.unauthorized');
    expect(error.message).not.toContain('two words');
  });
});
