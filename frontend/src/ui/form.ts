// The server's reasons, put at the fields of a form.
import type { ApiError } from "@/api/errors";

interface FormLike {
  values: object;
  setErrors: (errors: Record<string, string>) => void;
}

/**
 * Shows each reason at its field. What belongs to no field of this form is returned, for a line
 * above the buttons; null when every reason found its place.
 */
export function showFieldErrors(form: FormLike, error: ApiError): string | null {
  const known = Object.entries(error.fields).filter(
    ([name]) => (name.split(".")[0] ?? "") in form.values,
  );
  const rest = Object.entries(error.fields).filter(
    ([name]) => !((name.split(".")[0] ?? "") in form.values),
  );
  form.setErrors(Object.fromEntries(known.map(([name, why]) => [name, why.join(" ")])));
  if (rest.length > 0) return rest.map(([, why]) => why.join(" ")).join(" ");
  return known.length > 0 ? null : error.detail;
}
