import { afterEach, expect, test, vi } from 'vitest';
import * as platform from '#platform';
import type * as browser from '../../src/platform/browser.ts';
import type * as node from '../../src/platform/node.ts';

/** True exactly when two types are the same, in both directions. */
type Same<A, B> = [A, B] extends [B, A] ? true : false;

afterEach(() => {
  vi.restoreAllMocks();
});

test('both platforms export the same names with the same types', () => {
  const same: Same<typeof node, typeof browser> = true;
  expect(same).toBe(true);
});

test('#platform is the one that the code runs on', () => {
  expect(platform.platformName).toBe('document' in globalThis ? 'browser' : 'node');
});

test('there is at least one thread', () => {
  expect(Number.isInteger(platform.hardwareConcurrency())).toBe(true);
  expect(platform.hardwareConcurrency()).toBeGreaterThanOrEqual(1);
});

test('the memory of the machine is told where it is known', () => {
  const bytes = platform.machineMemory();
  if (platform.platformName === 'node') expect(bytes).toBeGreaterThan(2 ** 26);
  else expect(bytes).toBeUndefined();
});

test('an unset environment variable is undefined', () => {
  expect(platform.environment('LUMBRE_NEVER_SET_BY_ANYBODY')).toBeUndefined();
});

test('each distinct warning is given once', () => {
  const lines: string[] = [];
  const keep = (text: unknown): boolean => lines.push(String(text).trimEnd()) > 0;
  if (platform.platformName === 'node') vi.spyOn(process.stderr, 'write').mockImplementation(keep);
  else vi.spyOn(console, 'warn').mockImplementation(keep);

  platform.warn('first warning of this test');
  platform.warn('first warning of this test');
  platform.warn('second warning of this test');

  expect(lines).toEqual(['first warning of this test', 'second warning of this test']);
});

test('relaxed SIMD is accepted once it has been enabled', () => {
  platform.enableRelaxedSimd();
  // (module (func (param v128 v128 v128) (result v128) local.get 0 local.get 1 local.get 2 f32x4.relaxed_madd))
  const relaxedMadd = new Uint8Array([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...[0x01, 0x08, 0x01, 0x60, 0x03, 0x7b, 0x7b, 0x7b, 0x01, 0x7b],
    ...[0x03, 0x02, 0x01, 0x00],
    ...[0x0a, 0x0d, 0x01, 0x0b, 0x00, 0x20, 0x00, 0x20, 0x01, 0x20, 0x02, 0xfd, 0x85, 0x02, 0x0b],
  ]);
  expect(WebAssembly.validate(relaxedMadd)).toBe(true);
});
