import { describe, expect, test } from 'vitest';
import { bufferNode } from '../../src/graph/node.ts';
import { getDevice } from '../../src/runtime/devices.ts';
import { Tensor } from '../../src/tensor/tensor.ts';
import { leaksSince, liveBytes } from './leaks.ts';

describe('the check for leaks', () => {
  test('notices a storage that nobody frees', () => {
    const device = getDevice('js');
    const before = liveBytes();
    const storage = device.upload('float32', [1, 2, 3]);
    expect(leaksSince(before)).toEqual([expect.stringContaining("12 bytes were left on 'js'")]);
    storage.free();
    expect(leaksSince(before)).toEqual([]);
  });

  test('notices a device that was started in between', () => {
    const storage = getDevice('js').upload('uint8', [1]);
    expect(leaksSince(new Map())).toHaveLength(1);
    storage.free();
  });

  // That nothing is left is what the setup of the tests checks after this one.
  test('is content with tensors that the scope of the test owns', () => {
    const tensor = new Tensor(bufferNode(getDevice('js').upload('float32', [1, 2]), [2]), 'js');
    expect(tensor.exp().dataSync()).toHaveLength(2);
  });
});
