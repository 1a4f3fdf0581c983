import { type ReactNode, useId } from 'react';

export interface Tab<Id extends string> {
  readonly id: Id;
  readonly label: ReactNode;
}

/**
 * Tabs and the panel of the chosen one. Arrows, Home and End walk, as everywhere. `bar` is given the list of tabs, for
 * whoever puts something beside it.
 */
export function Tabs<Id extends string>({
  label,
  tabs,
  chosen,
  onChoose,
  look = 'tabs',
  panelClass,
  bar = (list) => list,
  children,
}: {
  label: string;
  tabs: readonly Tab<Id>[];
  chosen: Id;
  onChoose(id: Id): void;
  look?: 'tabs' | 'seg';
  panelClass?: string;
  bar?(list: ReactNode): ReactNode;
  children: ReactNode;
}) {
  const base = useId();
  const walk = (event: React.KeyboardEvent) => {
    const here = tabs.findIndex(({ id }) => id === chosen);
    const last = tabs.length - 1;
    const target = {
      ArrowRight: here === last ? 0 : here + 1,
      ArrowLeft: here === 0 ? last : here - 1,
      Home: 0,
      End: last,
    }[event.key];
    const next = target === undefined ? undefined : tabs[target];
    if (!next) return;
    event.preventDefault();
    onChoose(next.id);
    document.getElementById(`${base}-${next.id}`)?.focus();
  };
  const list = (
    <div className={look} role="tablist" aria-label={label}>
      {tabs.map((tab) => (
        <button
          key={tab.id}
          type="button"
          role="tab"
          id={`${base}-${tab.id}`}
          aria-selected={tab.id === chosen}
          aria-controls={`${base}-panel`}
          tabIndex={tab.id === chosen ? 0 : -1}
          onClick={() => onChoose(tab.id)}
          onKeyDown={walk}
        >
          {tab.label}
        </button>
      ))}
    </div>
  );
  return (
    <>
      {bar(list)}
      <div className={panelClass} role="tabpanel" id={`${base}-panel`} aria-labelledby={`${base}-${chosen}`}>
        {children}
      </div>
    </>
  );
}
