/** A process that measures the machine: what the device could do at best, in the same minute as what it does. */
import { Peak } from './peak.ts';
import { type Assignment, serve } from './protocol.ts';

const { threads } = JSON.parse(process.argv[2] as string) as Assignment;
const peak = await Peak.start(threads);
await serve({ name: peak.fused ? 'relaxed SIMD' : 'SIMD' }, () => peak.measure());
