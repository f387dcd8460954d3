//! What the functions give, for results that are not known.

use std::sync::Arc;

use crate::value::{Form, Value};

/// What the result of a function will be, whatever its arguments are, as far as that is certain.
pub(super) fn of_result(name: &str, arguments: &[Value]) -> Option<Form> {
    let of_text = || Some(Arc::new(Form::Text));
    Some(match name {
        "abspath" | "base64decode" | "base64encode" | "base64gzip" | "base64sha256" | "base64sha512" | "basename"
        | "bcrypt" | "chomp" | "cidrhost" | "cidrnetmask" | "cidrsubnet" | "dirname" | "file" | "filebase64"
        | "filebase64sha256" | "filebase64sha512" | "filemd5" | "filesha1" | "filesha256" | "filesha512" | "format"
        | "formatdate" | "indent" | "join" | "jsonencode" | "lower" | "md5" | "pathexpand" | "plantimestamp"
        | "replace" | "rsadecrypt" | "sha1" | "sha256" | "sha512" | "strrev" | "substr" | "templatestring"
        | "textdecodebase64" | "textencodebase64" | "timeadd" | "timestamp" | "title" | "tostring" | "trim"
        | "trimprefix" | "trimspace" | "trimsuffix" | "upper" | "urlencode" | "uuid" | "uuidv5" | "yamlencode" => {
            Form::Text
        }
        "abs" | "ceil" | "floor" | "index" | "length" | "log" | "max" | "min" | "parseint" | "pow" | "signum"
        | "sum" | "timecmp" | "tonumber" => Form::Number,
        "alltrue" | "anytrue" | "can" | "contains" | "endswith" | "fileexists" | "issensitive" | "startswith"
        | "strcontains" | "tobool" => Form::Bool,
        "cidrsubnets" | "compact" | "formatlist" | "sort" | "split" => Form::List(of_text()),
        "range" => Form::List(Some(Arc::new(Form::Number))),
        "fileset" => Form::Set(of_text()),
        "tolist" => Form::List(element_of(arguments)),
        "toset" => Form::Set(element_of(arguments)),
        "tomap" => Form::Map(element_of(arguments)),
        _ => return None,
    })
}

/// What the elements of an unknown collection will be.
fn element_of(arguments: &[Value]) -> Option<Arc<Form>> {
    match arguments.first()?.as_unknown()?.symbol.form()? {
        Form::List(element) | Form::Set(element) | Form::Map(element) => element.clone(),
        _ => None,
    }
}
