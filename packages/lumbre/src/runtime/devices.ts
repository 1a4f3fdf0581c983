import { makeNativeDevice, nativeProblem } from '#native';
import { environment, platformName, warn } from '#platform';
import { wasmFeatures } from '../render/wasm/features.ts';
import type { Device } from './device.ts';
import { JsDevice } from './js/device.ts';
import { MetaDevice } from './meta/device.ts';
import { WasmDevice } from './wasm/device.ts';

const makers: Record<string, () => Device> = {
  js: () => new JsDevice(),
  wasm: () => new WasmDevice(),
  native: makeNativeDevice,
};

/** The devices that there are here. */
export const deviceNames = (): string[] =>
  Object.keys(makers).filter((name) => name !== 'native' || nativeProblem() === null);

const devices = new Map<string, Device>();

/**
 * The device of this name, started when it is first asked for.
 * @throws if there is no such device.
 */
export function getDevice(name: string): Device {
  let device = devices.get(name);
  if (!device) {
    const make = makers[name];
    if (!make)
      throw new RangeError(`There is no device '${name}'; choose one of: ${deviceNames().join(', ')}.`);
    device = make();
    devices.set(name, device);
  }
  return device;
}

/** The devices that somebody has asked for. */
export const startedDevices = (): Device[] => [...devices.values()];

let defaultName: string | undefined;

/** The device for new tensors: what setDefaultDevice or LUMBRE_DEVICE says, else the fastest that there is. */
export function defaultDevice(): string {
  defaultName ??= environment('LUMBRE_DEVICE') || fastest();
  return defaultName;
}

function fastest(): string {
  if (platformName === 'node') {
    const problem = nativeProblem();
    if (!problem) return 'native';
    warn(`Computing on 'wasm'. ${problem}`);
  }
  if (typeof WebAssembly === 'object' && wasmFeatures().simd) return 'wasm';
  warn("This engine has no WebAssembly with 128-bit vectors: computing on 'js', which is much slower.");
  return 'js';
}

/** Chooses the device for tensors made from now on. @throws if there is no such device. */
export function setDefaultDevice(name: string): void {
  getDevice(name);
  defaultName = name;
}

let metaDevices = 0;

/** A device as `withMetaDevice` gives, until `close` is called. */
export function openMetaDevice(): { readonly device: MetaDevice; readonly close: () => void } {
  const device = new MetaDevice(`meta${++metaDevices}`);
  devices.set(device.name, device);
  return { device, close: () => void devices.delete(device.name) };
}

/**
 * Gives `use` a device of its own that holds and computes nothing, `meta1`, to make things on as on any other: what they
 * would take of memory is in `device.memory()`. Reading a value there throws a MetaReadError. The device is gone afterwards.
 */
export async function withMetaDevice<Result>(use: (device: MetaDevice) => Promise<Result>): Promise<Result> {
  const { device, close } = openMetaDevice();
  try {
    return await use(device);
  } finally {
    close();
  }
}
