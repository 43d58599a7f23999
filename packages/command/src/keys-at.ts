import * as z from 'zod'

type JsonSchema = z.core.JSONSchema.JSONSchema

/** All keys that a schema knows at a path into what it describes: of several forms the keys of each, every key once. */
export function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let places: JsonSchema[] = forms(z.toJSONSchema(schema, { io: 'input', reused: 'inline' }))
  for (const step of path) {
    places = places.flatMap((place) => below(place, step).flatMap(forms))
  }
  return [...new Set(places.flatMap(({ properties = {} }) => Object.keys(properties)))]
}

function below({ properties, items }: JsonSchema, step: PropertyKey): JsonSchema[] {
  if (typeof step === 'number') return typeof items === 'object' && !Array.isArray(items) ? [items as JsonSchema] : []
  const found = properties?.[String(step)]
  return typeof found === 'object' ? [found] : []
}

/** A schema that is a choice between several is each of them. */
function forms(schema: JsonSchema): JsonSchema[] {
  const choices = schema.anyOf ?? schema.oneOf
  return choices ? choices.flatMap((choice) => forms(choice as JsonSchema)) : [schema]
}
