import { serve } from '../protocol.mjs';

await serve(async (assignment) => {
  const { describe } = await import('./model.mjs');
  const { open } = await import(`./${assignment.workload.toLowerCase()}.mjs`);
  return { name: describe(assignment), session: await open(assignment) };
});
