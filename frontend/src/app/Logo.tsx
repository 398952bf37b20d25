export function Logo({ size = 20 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="6" fill="#2d63b1" />
      <path d="M9 9v14h14" fill="none" stroke="#fff" strokeWidth="3.5" strokeLinecap="square" />
      <rect x="17" y="9" width="6" height="6" fill="#F0E442" />
    </svg>
  );
}
