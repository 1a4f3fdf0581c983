import { serve } from '../protocol.mjs';

await serve(async (assignment) => {
  const { name } = await import('./setup.mjs');
  const { open } = await import(`./${assignment.workload.toLowerCase()}.mjs`);
  return { name, session: await open(assignment) };
});
