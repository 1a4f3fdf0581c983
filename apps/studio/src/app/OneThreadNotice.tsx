import { X } from 'lucide-react';
import { useState } from 'react';
import { appMessages } from './messages.ts';
import { useLocale } from './preferences.tsx';

/** Says, where memory cannot be shared, that everything runs on one thread. */
export function OneThreadNotice() {
  const t = appMessages(useLocale());
  const [closed, setClosed] = useState(false);
  if (closed || window.crossOriginIsolated) return null;
  return (
    <p className="notice" role="status">
      <span>{t('oneThread')}</span>
      <button
        type="button"
        className="btn plain icon sm"
        aria-label={t('close')}
        onClick={() => setClosed(true)}
      >
        <X className="i" aria-hidden />
      </button>
    </p>
  );
}
