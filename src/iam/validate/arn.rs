//! The fields of a resource's ARN, as a pattern writes them.

use crate::iam::catalogue::ResourceType;
use crate::iam::glob::{Glob, Token};
use crate::value::Symbol;

/// A field of an ARN, or what stands in its place.
#[derive(Clone, Debug)]
pub(super) struct Field(Glob);

impl Field {
    fn new(tokens: &[Token]) -> Self {
        Self(Glob::of_tokens(tokens.iter().cloned()))
    }

    /// The text, if nothing in it varies.
    pub(super) fn literal(&self) -> Option<String> {
        let character = |token: &Token| match token {
            Token::Char(character) => Some(*character),
            _ => None,
        };
        self.0.tokens().iter().map(character).collect()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.tokens().is_empty()
    }

    fn ends_open(&self) -> bool {
        matches!(self.0.tokens().last(), Some(Token::Many | Token::Hole(_)))
    }

    /// Whether some text is one of this field and of the other pattern.
    pub(super) fn may_be(&self, other: &Glob) -> bool {
        self.0.may_intersect(other)
    }

    /// Whether a letter differs from the template's before anything varies: the quick answer for most types.
    fn starts_otherwise(&self, template: &str) -> bool {
        let fixed = template.chars().take_while(|character| !matches!(character, '$' | '*'));
        let mut pairs = self.0.tokens().iter().zip(fixed).map_while(|(token, character)| match token {
            Token::Char(own) => Some(*own == character),
            Token::One => Some(true),
            Token::Many | Token::Hole(_) => None,
        });
        pairs.any(|meet| !meet)
    }

    fn holds(&self, character: char) -> bool {
        self.0.tokens().contains(&Token::Char(character))
    }
}

/// A resource pattern in the shape of an ARN.
#[derive(Clone, Debug)]
pub(super) struct Arn {
    pub(super) prefix: Field,
    pub(super) partition: Field,
    pub(super) service: Field,
    pub(super) region: Field,
    pub(super) account: Field,
    pub(super) resource: Field,
    /// How many fields are written.
    pub(super) count: usize,
    /// Whether what follows the last field may be anything.
    pub(super) ends_open: bool,
}

/// What keeps a resource of a type from being what a pattern names.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Misfit {
    /// The part after the account.
    Resource,
    /// The service.
    Service,
    /// A region where the type has none, or none where it has one.
    Region,
    /// An account where the type has none, or none where it has one.
    Account,
}

impl Arn {
    pub(super) fn new(pattern: &Glob) -> Self {
        let fields: Vec<&[Token]> = pattern.tokens().splitn(6, |token| *token == Token::Char(':')).collect();
        let last_hole = pattern.tokens().iter().rposition(|token| matches!(token, Token::Hole(_)));
        if let (1..=5, Some(at)) = (fields.len(), last_hole) {
            return Self::behind_hole(fields.len(), pattern.tokens().get(at + 1..).unwrap_or_default());
        }
        let ends_open = fields.last().is_some_and(|last| Field::new(last).ends_open());
        let rest = if ends_open { Glob::of_tokens([Token::Many]) } else { Glob::of_tokens([]) };
        let field = |index: usize| fields.get(index).map_or_else(|| Field(rest.clone()), |tokens| Field::new(tokens));
        Self {
            prefix: field(0),
            partition: field(1),
            service: field(2),
            region: field(3),
            account: field(4),
            resource: field(5),
            count: fields.len(),
            ends_open,
        }
    }

    /// What may hold any number of fields, with what is written behind it: `${bucket}/*`.
    fn behind_hole(count: usize, rest: &[Token]) -> Self {
        let any = || Field(Glob::of_tokens([Token::Many]));
        let resource = Field(Glob::of_tokens(std::iter::once(Token::Many).chain(rest.iter().cloned())));
        let prefix = Field(Glob::of_tokens([Token::One, Token::Many]));
        Self {
            prefix,
            partition: any(),
            service: any(),
            region: any(),
            account: any(),
            resource,
            count,
            ends_open: true,
        }
    }

    /// What keeps resources of a type from matching, the last of it; none if they may match.
    pub(super) fn misfit(&self, kind: &ResourceType) -> Option<Misfit> {
        let mut worst = None;
        for arn in kind.arns() {
            worst = worst.max(Some(self.misfit_with(arn)?));
        }
        worst
    }

    fn misfit_with(&self, arn: &str) -> Option<Misfit> {
        let mut fields = arn.splitn(6, ':').skip(2);
        let mut next = || fields.next().unwrap_or_default();
        let (service, region, account, resource) = (next(), next(), next(), next());
        let fits = |field: &Field, template: &str| {
            // A field of the type that varies is never empty.
            let lacks_text = field.is_empty() && !template.is_empty();
            !lacks_text && !field.starts_otherwise(template) && field.may_be(&of_template(template))
        };
        if !fits(&self.service, service) {
            return Some(Misfit::Service);
        }
        if !fits(&self.resource, resource) || self.is_object_for_bucket(arn) {
            return Some(Misfit::Resource);
        }
        if !fits(&self.region, region) {
            return Some(Misfit::Region);
        }
        (!fits(&self.account, account)).then_some(Misfit::Account)
    }

    /// A bucket's name has no slash, while most other names may have one.
    fn is_object_for_bucket(&self, arn: &str) -> bool {
        arn.ends_with(":s3:::${BucketName}") && self.resource.holds('/')
    }

    /// Whether it may be all resources of some type: `arn:aws:logs:*:*:log-group:*`.
    pub(super) fn may_be_all_of_a_type(&self) -> bool {
        let tokens = self.resource.0.tokens();
        let is_separator = |token: &Token| matches!(token, Token::Char('/' | ':'));
        let name = tokens.iter().position(is_separator).map_or(tokens, |at| tokens.get(at + 1..).unwrap_or_default());
        let is_open = |token: &Token| matches!(token, Token::Many | Token::Hole(_)) || is_separator(token);
        self.resource.is_empty() || !name.is_empty() && name.iter().all(is_open)
    }

    /// The first word of the resource part, if nothing in it varies.
    pub(super) fn kind(&self) -> Option<String> {
        let tokens = self.resource.0.tokens();
        let end = tokens.iter().position(|token| matches!(token, Token::Char('/' | ':')))?;
        Field::new(tokens.get(..end)?).literal().filter(|word| !word.is_empty())
    }
}

/// The pattern of a field of the catalogue: `${…}` is any text.
fn of_template(template: &str) -> Glob {
    let mut tokens = Vec::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("${") {
        tokens.extend(before.chars().map(token));
        tokens.push(Token::Many);
        rest = after.split_once('}').map_or("", |(_, after)| after);
    }
    tokens.extend(rest.chars().map(token));
    Glob::of_tokens(tokens)
}

fn token(character: char) -> Token {
    if character == '*' { Token::Many } else { Token::Char(character) }
}

/// Whether a symbol stands for an attribute of a resource, which is a name and no wildcard.
pub(super) fn is_name(symbol: &Symbol) -> bool {
    symbol.reference().is_some()
}

const PARTITIONS: [&str; 8] =
    ["aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc"];

/// Whether AWS has this partition. Source: AWS General Reference, "Amazon Resource Names (ARNs)"; the AWS SDKs'
/// partitions.
pub(super) fn is_partition(text: &str) -> bool {
    PARTITIONS.contains(&text)
}

/// Whether a text has the form of a region's name: `eu-west-1`, `us-gov-east-1`. New regions keep to it.
/// Source: AWS General Reference, "AWS service endpoints".
pub(super) fn is_region(text: &str) -> bool {
    const DIRECTIONS: [&str; 10] =
        ["north", "south", "east", "west", "central", "northeast", "northwest", "southeast", "southwest", "de"];
    const KINDS: [&str; 5] = ["gov", "iso", "isob", "isoe", "isof"];
    let parts: Vec<&str> = text.split('-').collect();
    let [first, middle @ .., number] = parts.as_slice() else { return false };
    let is_first = (first.len() == 2 && first.bytes().all(|byte| byte.is_ascii_lowercase())) || *first == "eusc";
    let is_number = matches!(number.as_bytes(), [b'1'..=b'9']);
    let is_middle = matches!(middle, [direction] if DIRECTIONS.contains(direction))
        || matches!(middle, [kind, direction]
            if (KINDS.contains(kind) || *kind == "de") && DIRECTIONS.contains(direction));
    is_first && is_number && is_middle
}

/// Whether a text is an account's number.
pub(super) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::catalogue;

    #[test]
    fn regions_have_a_form() {
        for region in
            ["eu-west-1", "us-gov-east-1", "ap-southeast-7", "us-isob-west-1", "il-central-1", "eusc-de-east-1"]
        {
            assert!(is_region(region), "{region}");
        }
        for text in ["us-east-1a", "us-east", "useast1", "us-est-1", "", "global", "us-east-11"] {
            assert!(!is_region(text), "{text}");
        }
    }

    #[test]
    fn resources_fit_their_types() {
        let misfit = |pattern: &str, service: &str, kind: &str| {
            let kind = catalogue::service(service).and_then(|service| service.resource_type(kind)).unwrap();
            Arn::new(&Glob::known(pattern)).misfit(&kind)
        };
        assert_eq!(misfit("arn:aws:s3:::logs", "s3", "bucket"), None);
        assert_eq!(misfit("arn:aws:s3:::logs/*", "s3", "bucket"), Some(Misfit::Resource));
        assert_eq!(misfit("arn:aws:s3:::logs", "s3", "object"), Some(Misfit::Resource));
        assert_eq!(misfit("arn:aws:s3:::*", "s3", "object"), None);
        assert_eq!(misfit("*", "s3", "object"), None);
        assert_eq!(misfit("arn:aws:s3:*", "s3", "object"), None);
        assert_eq!(misfit("arn:aws:iam:us-east-1:111122223333:role/x", "iam", "role"), Some(Misfit::Region));
        assert_eq!(misfit("arn:aws:iam:::role/x", "iam", "role"), Some(Misfit::Account));
        assert_eq!(misfit("arn:aws:iam::*:role/x", "iam", "role"), None);
        assert_eq!(misfit("arn:aws:iam::*:user/x", "iam", "role"), Some(Misfit::Resource));
        assert_eq!(misfit("arn:aws:sqs:*:*:q", "iam", "role"), Some(Misfit::Service));
        assert_eq!(misfit("arn:aws:dynamodb:eu-west-1::table/x", "dynamodb", "table"), Some(Misfit::Account));
    }
}
