import { lazy, Suspense, useEffect, useRef } from 'react';
import { runAfterTransition } from 'react-aria/private/utils/runAfterTransition';
import { Route, Switch, useLocation } from 'wouter';
import { Home } from '../pages/home/Home.tsx';
import { ToastsProvider } from '../ui/Toasts.tsx';
import { FailureBoundary } from './Failure.tsx';
import { Footer } from './Footer.tsx';
import { Header } from './Header.tsx';
import { appMessages } from './messages.ts';
import { OneThreadNotice } from './OneThreadNotice.tsx';
import { useOffline } from './offline.ts';
import { useLocale } from './preferences.tsx';

// Only the map is there at once: every other page comes when it is wanted.
const Lesson = lazy(() => import('../pages/lesson/LessonPage.tsx'));
const Laboratories = lazy(() => import('../pages/labs/Laboratories.tsx'));
const Laboratory = lazy(() => import('../pages/labs/Laboratory.tsx'));
const Cards = lazy(() => import('../pages/cards/Cards.tsx'));
const Failures = lazy(() => import('../pages/failures/Failures.tsx'));
const Glossary = lazy(() => import('../pages/glossary/Glossary.tsx'));
const Search = lazy(() => import('../pages/search/Search.tsx'));
const SettingsPage = lazy(() => import('../pages/settings/SettingsPage.tsx'));
const Exhibits = lazy(() => import('../pages/exhibits/ExhibitPage.tsx'));
const NotFound = lazy(() => import('../pages/NotFound.tsx'));

function Waiting() {
  const t = appMessages(useLocale());
  return (
    <p className="wrap page muted" aria-live="polite">
      {t('loading')}
    </p>
  );
}

/** How long a place in a page is waited for, in milliseconds: pages come when they are wanted. */
const PATIENCE = 4000;

/** Goes to the place that the address names as soon as it is there. */
function scrollToHash(): () => void {
  const id = decodeURIComponent(window.location.hash.slice(1));
  if (!/^[\w-]+$/.test(id)) return () => {};
  const until = performance.now() + PATIENCE;
  const timer = setInterval(() => {
    const place = document.getElementById(id);
    if (place) place.scrollIntoView();
    if (place || performance.now() > until) clearInterval(timer);
  }, 60);
  return () => clearInterval(timer);
}

/**
 * React Aria remembers what is in transition, and forgets what left the page meanwhile only when it is asked to wait for the
 * end of one. Unasked it would hold every page that was left so.
 */
const forgetTransitions = () => runAfterTransition(() => {});

/** What a browser does on a new page: begins at its top, and reads from there. */
function useNewPage() {
  const [location] = useLocation();
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the page changes with the location.
  useEffect(() => {
    if (!first.current) {
      if (!window.location.hash) window.scrollTo(0, 0);
      main.current?.focus({ preventScroll: true });
    }
    first.current = false;
    const remember = forgetTransitions();
    const stay = scrollToHash();
    return () => {
      remember();
      stay();
    };
  }, [location]);
  return { main, location };
}

export function App() {
  return (
    <ToastsProvider>
      <Frame />
    </ToastsProvider>
  );
}

function Frame() {
  const t = appMessages(useLocale());
  const { main, location } = useNewPage();
  useOffline();
  return (
    <>
      <a className="skip" href="#main">
        {t('skip')}
      </a>
      <Header />
      <OneThreadNotice />
      <main id="main" ref={main} tabIndex={-1}>
        <FailureBoundary key={location}>
          <Suspense fallback={<Waiting />}>
            <Switch>
              <Route path="/" component={Home} />
              <Route path="/lesson/:part/:name" component={Lesson} />
              <Route path="/labs" component={Laboratories} />
              <Route path="/labs/:name" component={Laboratory} />
              <Route path="/exhibits/:name" component={Exhibits} />
              <Route path="/cards" component={Cards} />
              <Route path="/failures" component={Failures} />
              <Route path="/glossary" component={Glossary} />
              <Route path="/search" component={Search} />
              <Route path="/settings" component={SettingsPage} />
              <Route component={NotFound} />
            </Switch>
          </Suspense>
        </FailureBoundary>
      </main>
      <Footer />
    </>
  );
}
