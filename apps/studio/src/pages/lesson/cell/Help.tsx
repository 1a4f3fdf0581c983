import { Eye, Lightbulb } from 'lucide-react';
import { useState } from 'react';
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import type { Exercise } from '../../../grading/exercise.ts';
import type { Locale } from '../../../i18n/locale.ts';
import { ColoredCode } from './ColoredCode.tsx';
import { inlineCode } from './inlineCode.tsx';
import { cellMessages } from './messages.ts';

/** Hints, one after another, and a solution for whoever asks for it twice. The learner's code is not touched. */
export function Help({
  exercise,
  locale,
  solutionOpen,
  onSolution,
}: {
  exercise: Exercise;
  locale: Locale;
  solutionOpen: boolean;
  onSolution(open: boolean): void;
}) {
  const t = cellMessages(locale);
  const hints = exercise.hints[locale];
  const [given, setGiven] = useState(0);
  const [asks, setAsks] = useState(false);
  const left = hints.length - given;
  return (
    <div className="exercise-help">
      <div aria-live="polite">
        {given > 0 && (
          <ol className="hints">
            {hints.slice(0, given).map((hint, i) => (
              <li key={hint}>
                <span className="small muted">{t('hintNumber', { number: i + 1, count: hints.length })}</span>
                <p>{inlineCode(hint)}</p>
              </li>
            ))}
          </ol>
        )}
      </div>
      <div className="row">
        {left > 0 && (
          <button type="button" className="btn sm" onClick={() => setGiven(given + 1)}>
            <Lightbulb className="i" aria-hidden /> {t(given === 0 ? 'hint' : 'nextHint')}
          </button>
        )}
        <button
          type="button"
          className="btn plain sm"
          aria-expanded={solutionOpen}
          onClick={() => (solutionOpen ? onSolution(false) : setAsks(true))}
        >
          {t(solutionOpen ? 'hideSolution' : 'solution')}
        </button>
      </div>
      {solutionOpen && (
        <div className="solution">
          <p className="small muted">{t('oneSolution')}</p>
          <ColoredCode code={exercise.solution.trim()} language="ts" label={t('oneSolution')} />
        </div>
      )}
      <ModalOverlay className="overlay" isOpen={asks} onOpenChange={setAsks} isDismissable>
        <Modal className="modal">
          <Dialog className="pad dlg" role="alertdialog">
            <Heading slot="title" level={2}>
              {t('solutionTitle')}
            </Heading>
            <p>
              {t('solutionText')} {left > 0 && t('solutionMore', { count: left })}
            </p>
            <div className="row">
              <button
                type="button"
                className="btn"
                onClick={() => {
                  setAsks(false);
                  onSolution(true);
                }}
              >
                <Eye className="i" aria-hidden /> {t('show')}
              </button>
              <button type="button" className="btn plain" onClick={() => setAsks(false)}>
                {t('notYet')}
              </button>
            </div>
          </Dialog>
        </Modal>
      </ModalOverlay>
    </div>
  );
}
