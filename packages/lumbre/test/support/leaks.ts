import { startedDevices } from '../../src/runtime/devices.ts';

/** Bytes that live on each device that has been started. */
export type LiveBytes = ReadonlyMap<string, number>;

export const liveBytes = (): LiveBytes =>
  new Map(startedDevices().map((device) => [device.name, device.memory().liveBytes]));

/** One line for each device that holds more than it did before. */
export function leaksSince(before: LiveBytes): string[] {
  return [...liveBytes()].flatMap(([device, bytes]) => {
    const leaked = bytes - (before.get(device) ?? 0);
    return leaked > 0
      ? [
          `${leaked} bytes were left on '${device}'; dispose of what the test keeps, or look for a storage without an owner`,
        ]
      : [];
  });
}
