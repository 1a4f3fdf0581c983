import { type ReactNode, useState } from 'react';
import { Button, Dialog, DialogTrigger, Popover } from 'react-aria-components';
import { useLocale } from '../../app/preferences.tsx';
import type { Faces } from '../../faces/faces.ts';
import { FacesPanel } from '../../ui/FacesPanel.tsx';
import { useRunner } from './cell/runner.tsx';
import { useReadingContext } from './LessonContent.tsx';
import { lessonMessages } from './messages.ts';

/** A number of the text that opens its four faces: the lesson's own cell is run, and tells where the number comes from. */
export function Live({ index, children }: { index: string; children?: ReactNode }) {
  const { document, entry } = useReadingContext();
  const t = lessonMessages(useLocale());
  const runner = useRunner();
  const [faces, setFaces] = useState<Faces | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const live = document.lives[Number(index)];
  const cell = document.cells.find(({ id }) => id === live?.cell);
  if (!live || !cell) return children;
  const compute = async () => {
    if (faces) return;
    try {
      setFailure(null);
      setFaces(await runner().facesOfVariable(cell.typescript, live.of, live.at));
    } catch (error) {
      setFailure(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <DialogTrigger onOpenChange={(open) => open && void compute()}>
      <Button className="live" aria-label={t('liveLabel', { text: live.text })}>
        {children}
      </Button>
      <Popover className="popover faces-popover">
        <Dialog aria-label={t('liveLabel', { text: live.text })} className="faces-dialog">
          {faces && <FacesPanel faces={faces} />}
          {failure !== null && <p className="call err">{t('liveFailed', { message: failure })}</p>}
          {!faces && failure === null && <div className="skel faces-wait" key={entry.id} />}
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
