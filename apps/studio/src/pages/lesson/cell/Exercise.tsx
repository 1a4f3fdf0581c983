import { Check, LoaderCircle, Play, Square, Undo2 } from 'lucide-react';
import { use, useCallback, useRef, useState } from 'react';
import type { Output } from '../../../cell/output.ts';
import type { LessonEntry } from '../../../course/document.ts';
import { CodeEditor } from '../../../editor/CodeEditor.tsx';
import type { Exercise as ExerciseModule } from '../../../grading/exercise.ts';
import type { GradeReport } from '../../../grading/report.ts';
import type { Locale } from '../../../i18n/locale.ts';
import { solve, useLessons } from '../../../progress/store.ts';
import { Outputs } from '../../../ui/outputs/Outputs.tsx';
import { useToast } from '../../../ui/Toasts.tsx';
import { Celebration } from './Celebration.tsx';
import { Checks } from './Checks.tsx';
import { ColoredCode } from './ColoredCode.tsx';
import { FailureView } from './FailureView.tsx';
import { Head } from './Head.tsx';
import { Help } from './Help.tsx';
import { loadExercise } from './loadExercise.ts';
import { cellMessages } from './messages.ts';
import { useRunner } from './runner.tsx';
import { useCode } from './useCode.ts';
import './cell.css';

/** An exercise of a lesson: code to complete, and checks of what it does. */
export function Exercise({ lesson, id, locale }: { lesson: LessonEntry; id: string; locale: Locale }) {
  const t = cellMessages(locale);
  const loaded = use(loadExercise(lesson.folder, id));
  if ('message' in loaded) return <p className="call err">{t('loadFailed', { message: loaded.message })}</p>;
  return <Loaded lesson={lesson} id={id} exercise={loaded.exercise} locale={locale} />;
}

type Grading =
  | { readonly phase: 'idle' }
  | { readonly phase: 'checking' }
  | {
      readonly phase: 'over';
      readonly report: GradeReport;
      readonly code: string;
      /** What the code printed while it was checked. */
      readonly outputs: readonly Output[];
    }
  | { readonly phase: 'broken'; readonly message: string };

function Loaded({
  lesson,
  id,
  exercise,
  locale,
}: {
  lesson: LessonEntry;
  id: string;
  exercise: ExerciseModule;
  locale: Locale;
}) {
  const t = cellMessages(locale);
  const toast = useToast();
  const runner = useRunner();
  const seconds = exercise.seconds ?? 10;
  const key = `${lesson.id}/${id}`;
  const start = exercise.start[locale];
  const own = useCode(key, start);
  const solved = useLessons().get(lesson.id)?.solved.includes(id) ?? false;
  const [grading, setGrading] = useState<Grading>({ phase: 'idle' });
  const [solutionOpen, setSolutionOpen] = useState(false);
  const [celebrates, setCelebrates] = useState(0);
  const latest = useRef(own.code);
  latest.current = own.code;
  const turn = useRef(0);

  const grade = useCallback(async () => {
    const code = latest.current;
    const mine = ++turn.current;
    setGrading({ phase: 'checking' });
    try {
      await own.keep();
      const outputs: Output[] = [];
      const onOutput = (output: Output) => void outputs.push(output);
      const report = await runner().grade(lesson.folder, id, code, { seconds, onOutput });
      if (turn.current !== mine) return;
      setGrading({ phase: 'over', report, code, outputs });
      if (report.passed) {
        setCelebrates((times) => times + 1);
        await solve(lesson.id, id);
      }
    } catch (error) {
      if (turn.current === mine)
        setGrading({ phase: 'broken', message: error instanceof Error ? error.message : String(error) });
    }
  }, [own.keep, runner, lesson, id, seconds]);

  const report = grading.phase === 'over' ? grading.report : null;
  const failure = report?.failure ?? null;
  const checking = grading.phase === 'checking';
  const number = lesson.exercises.indexOf(id) + 1;
  return (
    <section
      className="cell exercise"
      data-exercise={id}
      aria-label={t('exercise', { number, count: lesson.exercises.length })}
    >
      <Head
        start={
          <>
            <strong className="small exercise-name">
              {t('exercise', { number, count: lesson.exercises.length })}
            </strong>
            {solved && (
              <span className="tag ok">
                <Check className="i" aria-hidden /> {t('solved')}
              </span>
            )}
          </>
        }
      >
        <span className="muted small exercise-saved" aria-live="polite">
          {own.saved === 'waiting' && t('saving')}
          {own.saved === 'saved' && t('savedNow')}
          {own.saved === 'failed' && t('notSaved')}
        </span>
        {own.code !== start && (
          <button
            type="button"
            className="btn plain sm"
            onClick={() => {
              const before = own.code;
              own.set(start);
              toast(t('startedOver'), { label: t('undo'), run: () => own.set(before) });
            }}
          >
            <Undo2 className="i" aria-hidden /> {t('original2')}
          </button>
        )}
        {checking ? (
          <button type="button" className="btn danger sm" onClick={() => runner().stop()}>
            <Square className="i" aria-hidden /> {t('stop')}
          </button>
        ) : (
          <button type="button" className="btn go sm" onClick={() => void grade()}>
            <Play className="i" aria-hidden /> {t('check')}
          </button>
        )}
      </Head>
      <CodeEditor
        code={own.code}
        original={start}
        onChange={own.set}
        onRun={() => void grade()}
        failure={
          grading.phase === 'over' && grading.code === own.code && failure?.line != null
            ? { line: failure.line, message: failure.message }
            : null
        }
        label={t('code')}
        help={t('editorHelp')}
        file={key}
        static={<ColoredCode code={start} language="ts" label={t('code')} />}
      />
      <div role="status">
        {checking && (
          <p className="out out-h cell-checking">
            <LoaderCircle className="i turning" aria-hidden /> {t('checking')}
          </p>
        )}
        {grading.phase === 'broken' && (
          <div className="out cell-failure">
            <p>{t('sandboxFailed', { message: grading.message })}</p>
          </div>
        )}
        {failure && (
          <div className="out">
            <FailureView failure={failure} seconds={seconds} />
          </div>
        )}
        {report?.passed && (
          <Celebration
            key={celebrates}
            again={celebrates > 1}
            count={exercise.checks.length}
            locale={locale}
          />
        )}
      </div>
      {grading.phase === 'over' && grading.outputs.length > 0 && (
        <div className="out">
          <p className="out-h">{t('printed')}</p>
          <Outputs outputs={grading.outputs} />
        </div>
      )}
      <Checks exercise={exercise} report={report} locale={locale} />
      <Help exercise={exercise} locale={locale} solutionOpen={solutionOpen} onSolution={setSolutionOpen} />
    </section>
  );
}
