import { existsSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { withFileLock } from '../../src/node/hub/fileLock.ts';
import { useFolder } from '../cli/support.ts';

const path = useFolder();

test('what is locked is done one after the other, and nothing is left', async () => {
  const lock = path('a.lock');
  const log: string[] = [];
  const work = (name: string) =>
    withFileLock(lock, undefined, async () => {
      log.push(`${name} begins`);
      expect(existsSync(lock)).toBe(true);
      await wait(10);
      log.push(`${name} ends`);
      return name;
    });
  expect(await Promise.all([work('a'), work('b')])).toEqual(['a', 'b']);
  expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
  expect(existsSync(lock)).toBe(false);
});

test('a failure gives the lock back, and the next one goes on', async () => {
  const failing = withFileLock(path('a.lock'), undefined, async () => {
    throw new Error('mine');
  });
  const next = withFileLock(path('a.lock'), undefined, async () => 'next');
  await expect(failing).rejects.toThrow('mine');
  expect(await next).toBe('next');
});

test('whoever comes later waits for another machine to finish, or gives up', async () => {
  const lock = path('a.lock');
  writeFileSync(lock, 'another-machine 1');
  const controller = new AbortController();
  const stopped = withFileLock(lock, controller.signal, async () => 'never');
  controller.abort();
  await expect(stopped).rejects.toMatchObject({ code: 'hub.aborted' });
  let done = false;
  const waiting = withFileLock(lock, undefined, async () => {
    done = true;
  });
  await wait(300);
  expect(done).toBe(false);
  rmSync(lock);
  await waiting;
  expect(done).toBe(true);
});

test.each([
  ['of a process that has ended', `${hostname()} 999999999`, 0],
  ['that nobody has touched for a minute', 'another-machine 1', 60],
])('a lock %s is no obstacle', async (_what, content, age) => {
  const lock = path('a.lock');
  writeFileSync(lock, content);
  const then = new Date(Date.now() - age * 1000);
  utimesSync(lock, then, then);
  expect(await withFileLock(lock, undefined, async () => 'done')).toBe('done');
});
