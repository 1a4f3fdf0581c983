import { proxy, transfer } from 'comlink';
import { type EngineWorker, startEngine } from '../../engine/client.ts';
import type { Locale } from '../../i18n/locale.ts';
import { notePace } from './pace.ts';
import { type Problem, problemOf } from './problem.ts';
import {
  defaultRecipe,
  type LabRecipe,
  labRecipe,
  MOST_TEXT_BYTES,
  storyContexts,
  storyPrompts,
  withText,
} from './recipe.ts';
import { recipeOf } from './recipeOf.ts';
import type { NextScores, Point, RunFacts, RunState, Update } from './session.ts';
import type { KeptRun } from './storage.ts';
import type { Branch } from './tree.ts';
import type { Cut, Needs } from './workbench.ts';

type Compute = typeof import('./compute.ts');
type Engine = EngineWorker<Compute>;

/** The run that is open. Its lists grow in place; the object is another one after each change. */
export interface OpenRun {
  readonly id: string;
  readonly facts: RunFacts;
  readonly state: RunState;
  readonly step: number;
  readonly train: readonly Point[];
  readonly validation: readonly Point[];
  readonly samples: readonly { readonly step: number; readonly text: string }[];
  readonly rate: number;
  readonly secondsLeft: number;
  readonly memory: Update['memory'];
  readonly savedStep: number | null;
  readonly next: NextScores | null;
  readonly tree: { readonly text: string; readonly branches: readonly Branch[] } | null;
  readonly problem: Problem | null;
}

export interface LabState {
  readonly ready: boolean;
  /** Whether the browser keeps files. */
  readonly keeps: boolean;
  readonly runs: readonly KeptRun[];
  /** Texts that the server has. */
  readonly machineTexts: readonly string[];
  /** Of the run that is to come. */
  readonly recipe: LabRecipe;
  readonly name: string | null;
  readonly cut: Cut | null;
  readonly needs: Needs | null;
  /** The text is being read, or a run opened. */
  readonly busy: 'text' | 'opening' | null;
  readonly run: OpenRun | null;
  /** What is continued in the panel of the next token. */
  readonly context: string;
  readonly contextProblem: Problem | null;
  readonly textProblem: Problem | null;
  readonly problem: Problem | null;
}

const fresh: Omit<LabState, 'recipe' | 'context'> = {
  ready: false,
  keeps: true,
  runs: [],
  machineTexts: [],
  name: null,
  cut: null,
  needs: null,
  busy: null,
  run: null,
  contextProblem: null,
  textProblem: null,
  problem: null,
};

/** All that the laboratory does, apart from how it looks. */
export class LabController {
  #state: LabState;
  readonly #listeners = new Set<() => void>();
  #workbench: Promise<Engine> | null = null;
  #trainer: Engine | null = null;
  /** Counted up whenever the text or the recipe changes: what was asked for before is late. */
  #asked = 0;
  #treeTimer: ReturnType<typeof setTimeout> | undefined;
  #checkTimer: ReturnType<typeof setTimeout> | undefined;
  #disposed = false;

  constructor(locale: Locale, linked: LabRecipe | null) {
    const recipe = linked ?? defaultRecipe(locale);
    this.#state = { ...fresh, recipe, context: recipe.prompt };
  }

  readonly state = (): LabState => this.#state;
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #set(change: Partial<LabState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }

  #setRun(change: Partial<OpenRun>): void {
    const { run } = this.#state;
    if (run) this.#set({ run: { ...run, ...change } });
  }

  async #bench(): Promise<Engine['module']> {
    this.#workbench ??= startEngine<Compute>('labs/gpt');
    return (await this.#workbench).module;
  }

  /** Reads what is kept, and takes up the run that was worked on last, unless a link brought a recipe. */
  async open(takeUpLast: boolean): Promise<void> {
    try {
      const bench = await this.#bench();
      const [keeps, runs, machineTexts] = await Promise.all([bench.canKeep(), bench.keptRuns(), listTexts()]);
      if (this.#disposed) return;
      this.#set({ keeps, runs, machineTexts, ready: true });
      const [last] = runs;
      const { recipe } = this.#state;
      if (takeUpLast && last) await this.openRun(last.id);
      else if (recipe.data.kind === 'machine') {
        await this.setText({ data: recipe.data });
        // The link's own beginning, not the text's.
        this.setRecipe({ prompt: recipe.prompt });
      } else this.#check();
    } catch (error) {
      this.#set({ ready: true, problem: problemOf(error) });
    }
  }

  // The recipe ------------------------------------------------------------------------------------------------------

  setRecipe(change: Partial<LabRecipe>): void {
    this.#set({ recipe: { ...this.#state.recipe, ...change }, problem: null });
    this.#check();
  }

  setName(name: string): void {
    this.#set({ name });
  }

  /** Other data, or another way to cut them: the dial's settings follow. */
  async setText(change: Partial<Pick<LabRecipe, 'data' | 'tokenizer' | 'vocabSize'>>): Promise<void> {
    const { recipe } = this.#state;
    const changed = withText(recipe, change);
    const { data } = changed;
    const other = change.data !== undefined;
    const prompt = other && data.kind === 'stories' ? storyPrompts[data.language] : recipe.prompt;
    this.#set({ recipe: { ...changed, prompt }, textProblem: null, cut: null });
    if (other && data.kind === 'machine') {
      await this.#takeText(async (bench) => bench.takeMachineText(data.name));
    } else this.#check();
  }

  /** Takes a text that was pasted or dropped. */
  async giveText(content: string | File): Promise<void> {
    const size = typeof content === 'string' ? content.length : content.size;
    if (size > MOST_TEXT_BYTES) {
      this.#set({ textProblem: { code: 'tooLarge', detail: '' } });
      return;
    }
    await this.#takeText(async (bench) => {
      if (typeof content === 'string') return bench.takeText(content);
      const bytes = new Uint8Array(await content.arrayBuffer());
      return bench.takeText(transfer(bytes, [bytes.buffer]));
    }, true);
  }

  async #takeText(
    take: (bench: Engine['module']) => Promise<{ beginning: string }>,
    isOwn = false,
  ): Promise<void> {
    const asked = ++this.#asked;
    this.#set({ busy: 'text', textProblem: null });
    try {
      const { beginning } = await take(await this.#bench());
      if (asked !== this.#asked) return;
      const recipe = isOwn ? withText(this.#state.recipe, { data: { kind: 'own' } }) : this.#state.recipe;
      this.#set({ recipe: { ...recipe, prompt: beginning }, busy: null });
      this.#check();
    } catch (error) {
      if (asked === this.#asked) this.#set({ textProblem: problemOf(error), busy: null, cut: null });
    }
  }

  /** Cuts the text and plans the training, once nothing has been changed for a moment. */
  #check(): void {
    clearTimeout(this.#checkTimer);
    const asked = ++this.#asked;
    this.#checkTimer = setTimeout(() => void this.#cutAndPlan(asked), 200);
  }

  async #cutAndPlan(asked: number): Promise<void> {
    const { recipe } = this.#state;
    try {
      const bench = await this.#bench();
      const cut = await bench.cutText(recipe);
      if (asked !== this.#asked) return;
      this.#set({ cut, textProblem: null, busy: null });
      // Settings that do not go together are told where they are set.
      if (!labRecipe.safeParse(recipe).success) {
        this.#set({ needs: null });
        return;
      }
      const needs = await bench.needsOf(
        recipe,
        cut?.vocabSize ?? (recipe.tokenizer === 'bpe' ? recipe.vocabSize : 90),
      );
      if (asked === this.#asked) this.#set({ needs });
    } catch (error) {
      if (asked === this.#asked) this.#set({ textProblem: problemOf(error), needs: null });
    }
  }

  // Runs ------------------------------------------------------------------------------------------------------------

  async #listRuns(): Promise<void> {
    const runs = await (await this.#bench()).keptRuns();
    this.#set({ runs });
  }

  /** Ends the run that is open, and proposes another by its recipe, on its text. */
  async beginAnother(): Promise<void> {
    const { run } = this.#state;
    const recipe = run && recipeOf(run.facts);
    await this.closeRun();
    if (!run || !recipe) return;
    this.#set({ recipe });
    const { textFile } = run.facts.about;
    if (recipe.data.kind === 'stories' || textFile === null) this.#check();
    else {
      await this.#takeText(async (bench) => bench.takeRunText(run.id, textFile));
      this.setRecipe({ prompt: recipe.prompt });
    }
  }

  /** Ends the run that is open, with everything saved, and its worker. */
  async closeRun(): Promise<void> {
    const trainer = this.#trainer;
    this.#trainer = null;
    clearTimeout(this.#treeTimer);
    if (trainer) {
      try {
        await trainer.module.close();
      } finally {
        trainer.terminate();
      }
    }
    this.#set({ run: null, problem: null });
    await this.#listRuns();
    this.#check();
  }

  async #openWith(
    id: string,
    begin: (trainer: Engine['module'], tell: (update: Update) => void) => Promise<RunFacts>,
  ): Promise<boolean> {
    if (this.#trainer) await this.closeRun();
    this.#set({ busy: 'opening', problem: null });
    const trainer = await startEngine<Compute>('labs/gpt');
    if (this.#disposed) {
      trainer.terminate();
      return false;
    }
    this.#trainer = trainer;
    // What is told before the facts are here waits for them.
    let early: Update[] | null = [];
    try {
      const facts = await begin(trainer.module, (update) => {
        if (early) early.push(update);
        else this.#hear(update);
      });
      const run: OpenRun = {
        ...{ id, facts, state: 'paused', step: 0, train: [], validation: [], samples: [] },
        ...{ rate: 0, secondsLeft: 0, memory: { live: 0, peak: 0 }, savedStep: null },
        ...{ next: null, tree: null, problem: null },
      };
      const context = firstContext(facts);
      this.#set({ run, busy: null, context, contextProblem: null });
      for (const update of early) this.#hear(update);
      early = null;
      void this.setContext(context);
      return true;
    } catch (error) {
      trainer.terminate();
      if (this.#trainer === trainer) this.#trainer = null;
      this.#set({ busy: null, problem: problemOf(error) });
      return false;
    }
  }

  /** Begins a run with the recipe as it is, and trains. */
  async begin(name: string): Promise<void> {
    const { recipe } = this.#state;
    const id = crypto.randomUUID();
    const text = recipe.data.kind === 'stories' ? null : await (await this.#bench()).takenText();
    if (recipe.data.kind !== 'stories' && text === null) {
      this.#set({ textProblem: { code: 'empty', detail: '' } });
      return;
    }
    void navigator.storage?.persist?.();
    const opened = await this.#openWith(id, (trainer, tell) =>
      trainer.begin(id, name, recipe, text, proxy(tell)),
    );
    if (!opened) {
      // What was begun and could not be is no run.
      await (await this.#bench()).deleteRun(id).catch(() => {});
      return;
    }
    this.#set({ name: null });
    await this.start();
    await this.#listRuns();
  }

  async openRun(id: string): Promise<boolean> {
    const opened = await this.#openWith(id, (trainer, tell) => trainer.open(id, proxy(tell)));
    if (!opened) this.#check();
    return opened;
  }

  #hear(update: Update): void {
    const { run } = this.#state;
    if (!run) return;
    (run.train as Point[]).push(...update.train);
    (run.validation as Point[]).push(...update.validation);
    (run.samples as OpenRun['samples'][number][]).push(...update.samples);
    const { state, step, rate, secondsLeft, memory, savedStep, problem } = update;
    this.#setRun({
      state,
      step,
      rate,
      secondsLeft,
      memory,
      savedStep,
      problem,
      next: update.next ?? run.next,
    });
    // It grows anew when the model has learned enough to expect something else.
    if (update.samples.length > 0 || (state !== 'training' && run.state === 'training')) this.#growSoon();
    if (state !== run.state) {
      notePace(run.facts, rate);
      void this.#listRuns();
    }
  }

  async #asTrainer(work: (trainer: Engine['module']) => Promise<unknown>): Promise<void> {
    if (!this.#trainer) return;
    try {
      await work(this.#trainer.module);
    } catch (error) {
      this.#set({ problem: problemOf(error) });
    }
  }

  start = (): Promise<void> => this.#asTrainer((trainer) => trainer.start());
  pause = (): Promise<void> => this.#asTrainer((trainer) => trainer.pause());
  oneStep = (): Promise<void> => this.#asTrainer((trainer) => trainer.oneStep());

  /** @returns the step that is saved */
  async save(): Promise<number | null> {
    let step: number | null = null;
    await this.#asTrainer(async (trainer) => {
      step = await trainer.save();
    });
    return step;
  }

  /** The open run as a zip file. */
  async pack(): Promise<Blob | null> {
    const { run } = this.#state;
    let blob: Blob | null = null;
    await this.#asTrainer(async (trainer) => {
      const bytes = await trainer.pack(run?.facts.about.name ?? 'GPT');
      blob = new Blob([bytes as Uint8Array<ArrayBuffer>], { type: 'application/zip' });
    });
    return blob;
  }

  async rename(id: string, name: string): Promise<void> {
    const { run } = this.#state;
    if (run?.id === id) {
      await this.#asTrainer((trainer) => trainer.rename(name));
      const { facts } = run;
      this.#setRun({ facts: { ...facts, about: { ...facts.about, name } } });
    } else await (await this.#bench()).renameRun(id, name);
    await this.#listRuns();
  }

  async remove(id: string): Promise<void> {
    if (this.#state.run?.id === id) await this.closeRun();
    try {
      await (await this.#bench()).deleteRun(id);
    } catch (error) {
      this.#set({ problem: problemOf(error) });
    }
    await this.#listRuns();
  }

  /** Takes a run from files: the laboratory's own zip, or a folder of the command line. */
  async importRun(files: readonly File[]): Promise<void> {
    this.#set({ busy: 'opening', problem: null });
    try {
      const bench = await this.#bench();
      const given = await Promise.all(
        files.map(async (file) => ({
          path: file.webkitRelativePath || file.name,
          bytes: new Uint8Array(await file.arrayBuffer()),
        })),
      );
      const { id } = await bench.importRun(given);
      const opened = await this.openRun(id);
      if (!opened) await bench.deleteRun(id);
      await this.#listRuns();
    } catch (error) {
      this.#set({ busy: null, problem: problemOf(error) });
    }
  }

  // The next token --------------------------------------------------------------------------------------------------

  async setContext(text: string): Promise<void> {
    const context = text.normalize('NFC').slice(0, 2000);
    this.#set({ context });
    if (!this.#trainer) return;
    try {
      await this.#trainer.module.watch(context);
      if (this.#state.context === context) this.#set({ contextProblem: null });
      this.#growSoon(250);
    } catch (error) {
      if (this.#state.context === context) this.#set({ contextProblem: problemOf(error) });
    }
  }

  #growSoon(wait = 50): void {
    clearTimeout(this.#treeTimer);
    this.#treeTimer = setTimeout(() => void this.#grow(), wait);
  }

  async #grow(): Promise<void> {
    const { context } = this.#state;
    if (!this.#trainer || this.#state.contextProblem) return;
    try {
      const branches = await this.#trainer.module.tree(context);
      if (this.#state.context === context) this.#setRun({ tree: { text: context, branches } });
    } catch (error) {
      // A worker that was ended meanwhile answers no more; anything else is told.
      if (this.#trainer) this.#set({ contextProblem: problemOf(error) });
    }
  }

  dismiss(): void {
    this.#set({ problem: null });
  }

  /** Leaves: what is trained is saved, and the workers end. */
  async dispose(): Promise<void> {
    this.#disposed = true;
    clearTimeout(this.#treeTimer);
    clearTimeout(this.#checkTimer);
    const trainer = this.#trainer;
    this.#trainer = null;
    try {
      await trainer?.module.close();
    } finally {
      trainer?.terminate();
      (await this.#workbench)?.terminate();
    }
  }
}

/** What a run is asked to continue first. */
export function firstContext({ about: { data, prompt }, byCharacter, vocabulary }: RunFacts): string {
  const text =
    data.kind === 'stories' && prompt === storyPrompts[data.language] ? storyContexts[data.language] : prompt;
  // By letters, what follows a word is a space, which says little.
  return byCharacter && text !== '' && vocabulary.includes(' ') ? `${text.trimEnd()} ` : text;
}

/** Texts that the server has at hand; none where it has no such list. */
async function listTexts(): Promise<string[]> {
  try {
    const response = await fetch('/data/index.json');
    if (!response.ok || !response.headers.get('content-type')?.includes('json')) return [];
    const { texts } = (await response.json()) as { texts?: unknown };
    return Array.isArray(texts)
      ? texts.filter((name) => typeof name === 'string' && /^[a-z0-9-]{1,60}$/.test(name))
      : [];
  } catch {
    return [];
  }
}
