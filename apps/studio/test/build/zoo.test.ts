import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { zooFile, zooModels } from '../../build/zoo.ts';

const folder = fileURLToPath(new URL('../../../../packages/lumbre/zoo', import.meta.url));

describe('the models under /zoo/', () => {
  it('every one of them has a configuration and weights', () => {
    for (const model of zooModels)
      for (const name of ['config.json', 'model.safetensors']) {
        const file = zooFile(folder, `/zoo/${model}/${name}`);
        expect([model, name, file !== null && existsSync(file.path)]).toEqual([model, name, true]);
      }
    expect(zooFile(folder, '/zoo/cuentos-es/tokenizer.json?v=1')?.type).toBe('application/json');
  });

  it('nothing else is given away', () => {
    for (const address of [
      '/zoo/cuentos-es/README.md',
      '/zoo/quijote/model.safetensors',
      '/zoo/../package.json',
      '/zoo/cuentos-es/../../package.json',
      '/zoo/cuentos-es/%2e%2e/config.json',
      '/zoo/cuentos-es/constructor',
      '/zoo/digitos/tokenizer.json',
      '/zoo/',
    ])
      expect([address, zooFile(folder, address)]).toEqual([address, null]);
  });
});
