import { Download, Upload } from 'lucide-react';
import { useRef } from 'react';
import { formatFixed, formatMemory } from '../i18n/numbers.ts';
import { exportProgress, importProgress } from '../progress/transfer.ts';
import { saveFile } from '../ui/saveFile.ts';
import { useToast } from '../ui/Toasts.tsx';
import { useMachine } from './machine.ts';
import { appMessages } from './messages.ts';
import { useLocale } from './preferences.tsx';

export function Footer() {
  const locale = useLocale();
  const t = appMessages(locale);
  const toast = useToast();
  const input = useRef<HTMLInputElement>(null);
  const machine = useMachine();

  const onExport = async () => {
    const { name, text } = await exportProgress();
    const blob = new Blob([text], { type: 'application/json' });
    saveFile(name, blob);
    toast(t('exported', { name, size: formatMemory(locale, blob.size) }));
  };
  const onImport = async (file: File | undefined) => {
    if (!file) return;
    const problem = await importProgress(file);
    toast(
      t(problem === null ? 'imported' : problem === 'too large' ? 'importTooLarge' : 'importNotProgress'),
    );
  };
  return (
    <footer className="foot">
      <div className="wrap">
        <span>{t('progressHere')}</span>
        <button type="button" className="btn plain sm" onClick={() => void onExport()}>
          <Download className="i" aria-hidden /> {t('export')}
        </button>
        <button type="button" className="btn plain sm" onClick={() => input.current?.click()}>
          <Upload className="i" aria-hidden /> {t('import')}
        </button>
        <input
          ref={input}
          type="file"
          accept="application/json,.json"
          hidden
          aria-label={t('import')}
          onChange={(event) => {
            void onImport(event.target.files?.[0]);
            event.target.value = '';
          }}
        />
        <span className="push">
          {machine
            ? t('machine', { gflops: formatFixed(locale, machine.gflops, 0), threads: machine.threads })
            : t('machineMeasuring')}
        </span>
      </div>
    </footer>
  );
}
