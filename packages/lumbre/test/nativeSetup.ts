// Runs before every test file in Node: what the file computes on the native device is computed again in machine code.
import { afterAll, expect } from 'vitest';
import { getDevice, startedDevices } from '../src/runtime/devices.ts';
import type { NativeDevice } from '../src/runtime/native/device.ts';
import { NativeRecorder } from './support/nativeReplay.ts';

const recorder = new NativeRecorder();

afterAll(() => {
  if (!startedDevices().some(({ name }) => name === 'native')) return;
  expect(recorder.replay(getDevice('native') as NativeDevice)).toBeGreaterThanOrEqual(0);
}, 20 * 60_000);
