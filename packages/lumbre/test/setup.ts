// Runs before every test file, in Node and in Chromium alike: each test gets a scope of its own for its tensors, and must
// leave no memory behind on any device.
import { afterEach, beforeEach, expect } from 'vitest';
import { closeScope, openScope } from '../src/tensor/lifetime.ts';
import { type LiveBytes, leaksSince, liveBytes } from './support/leaks.ts';

let before: LiveBytes;

beforeEach(() => {
  before = liveBytes();
  openScope();
});

afterEach(({ task }) => {
  closeScope(new Set());
  // A test that failed half-way may well have left something; its own message is what matters.
  if (task.result?.state !== 'fail') expect(leaksSince(before)).toEqual([]);
});
