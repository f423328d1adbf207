/** Uses the current text color, and the brand color for the waves. */
export function Logo() {
  return (
    <svg width="28" height="28" viewBox="0 0 32 32" fill="none" aria-hidden="true">
      <rect x="3" y="12" width="17" height="17" rx="4" fill="currentColor" />
      <path d="M11.500 12v6" stroke="var(--page)" strokeWidth="2.200" strokeLinecap="round" />
      <path
        d="M20 8.500a8 8 0 0 1 4 4M21.500 3a13.500 13.500 0 0 1 8 8"
        stroke="var(--brand)"
        strokeWidth="2.600"
        strokeLinecap="round"
      />
    </svg>
  );
}
