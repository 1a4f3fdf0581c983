import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { CliError } from '../../src/cli/errors.ts';
import { append, readBytes, readJson, writeAtomic } from '../../src/cli/files.ts';
import { messagesOf } from '../../src/cli/messages/index.ts';
import { useFolder } from './support.ts';

const path = useFolder();

/** What a user of each language reads when `operation` fails. */
function complaint(operation: () => void): { es: string; en: string } {
  try {
    operation();
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return { es: error.say(messagesOf.es), en: error.say(messagesOf.en) };
  }
  throw new Error('nothing went wrong');
}

const failure = (code: string) => Object.assign(new Error(`${code}: simulated`), { code });

describe('writeAtomic', () => {
  test('writes a file and replaces it whole', () => {
    writeAtomic(path('a.txt'), 'niño');
    writeAtomic(path('a.txt'), 'más');
    expect(readFileSync(path('a.txt'), 'utf8')).toBe('más');
    expect(readdirSync(path('.'))).toEqual(['a.txt']);
  });

  test('goes on where a write took only part of the bytes', () => {
    writeAtomic(path('a.txt'), 'mucho texto', (file, bytes, offset) => writeSync(file, bytes, offset, 1));
    expect(readFileSync(path('a.txt'), 'utf8')).toBe('mucho texto');
  });

  test('a disk that fills up half-way leaves the old file and no other', () => {
    writeAtomic(path('a.txt'), 'lo de antes');
    const full = complaint(() =>
      writeAtomic(path('a.txt'), 'lo nuevo', (file, bytes, offset) => {
        if (offset > 0) throw failure('ENOSPC');
        return writeSync(file, bytes, offset, 3);
      }),
    );
    expect(full.es).toMatch(/No queda espacio.*a\.txt.*intacto/);
    expect(full.en).toMatch(/no space left.*a\.txt.*intact/);
    expect(readFileSync(path('a.txt'), 'utf8')).toBe('lo de antes');
    expect(readdirSync(path('.'))).toEqual(['a.txt']);
  });

  // The superuser may write anywhere, so there the mode of a folder proves nothing.
  test.skipIf(process.getuid?.() === 0)('a read-only folder is named, with what to do', () => {
    mkdirSync(path('cerrada'));
    chmodSync(path('cerrada'), 0o500);
    expect(complaint(() => writeAtomic(path('cerrada/a.txt'), 'x')).es).toMatch(/No hay permiso.*--out/);
    chmodSync(path('cerrada'), 0o700);
  });

  test.each(['EACCES', 'EPERM', 'EROFS'])('%s is told as a missing permission', (code) => {
    const told = complaint(() =>
      writeAtomic(path('a.txt'), 'x', () => {
        throw failure(code);
      }),
    );
    expect(told.es).toMatch(/No hay permiso.*a\.txt/);
    expect(readdirSync(path('.'))).toEqual([]);
  });

  test('a folder that is not there is told', () => {
    expect(complaint(() => writeAtomic(path('no/a.txt'), 'x')).en).toMatch(/There is no .*a\.txt/);
  });
});

test('append adds to the end, and tells of a full disk', () => {
  append(path('a.jsonl'), 'uno\n');
  append(path('a.jsonl'), 'dos\n');
  expect(readFileSync(path('a.jsonl'), 'utf8')).toBe('uno\ndos\n');
  const told = complaint(() =>
    append(path('a.jsonl'), 'tres\n', () => {
      throw failure('ENOSPC');
    }),
  );
  expect(told.es).toContain('No queda espacio');
});

test('reading names a missing file and a folder', () => {
  mkdirSync(path('carpeta'));
  expect(complaint(() => readBytes(path('no.txt'))).es).toMatch(/No existe .*no\.txt/);
  expect(complaint(() => readBytes(path('carpeta'))).es).toMatch(/carpeta es una carpeta/);
});

test('reading JSON names a file that is none', () => {
  writeFileSync(path('a.json'), '{"a": 1');
  expect(complaint(() => readJson(path('a.json'))).es).toMatch(/a\.json está dañado/);
  writeFileSync(path('b.json'), '{"a": 1}');
  expect(readJson(path('b.json'))).toEqual({ a: 1 });
});
