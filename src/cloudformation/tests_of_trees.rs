//! Templates that are made of several files.

use std::path::Path;

use super::*;
use crate::model::{Existence, Resource};
use crate::value::Why;

/// Files in a directory, one of them loaded with everything wanted.
struct Tree {
    _directory: tempfile::TempDir,
    sources: Sources,
    loaded: Loaded,
}

impl Tree {
    fn new(files: &[(&str, &str)]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path().canonicalize().unwrap();
        for (name, text) in files {
            let path = root.join("tree").join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let sources = Sources::new(root.clone());
        let options = Options { outputs: true, scanned: vec![root.join("tree")], ..Options::default() };
        let file = sources.read(&Path::new(&root).join("tree").join(files[0].0)).unwrap();
        let loaded = load(&sources, &file, &options, &|_, _| true).unwrap();
        Self { _directory: directory, sources, loaded }
    }

    fn resource(&self, address: &str) -> &Resource {
        self.loaded.root.resources.iter().find(|resource| &*resource.address == address).expect("the resource")
    }

    fn property(&self, address: &str, name: &str) -> &Value {
        self.resource(address).attributes.get(name).expect("the property")
    }

    fn output(&self, name: &str) -> String {
        let (_, value) = self.loaded.root.outputs.iter().find(|(output, _)| output == name).expect("the output");
        value.to_text().unwrap().to_string()
    }

    fn why(&self, name: &str) -> Why {
        let (_, value) = self.loaded.root.outputs.iter().find(|(output, _)| output == name).expect("the output");
        value.as_unknown().unwrap().why.clone()
    }
}

const CHILD: &str = "\
Parameters:
  Name: {Type: String}
  Zones: {Type: CommaDelimitedList, Default: 'a, b'}
  Left: {Type: String}
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties: {RoleName: !Ref Name, Path: !Select [1, !Ref Zones], Other: !Ref Left, Stack: !Ref AWS::StackName}
Outputs:
  Arn: {Value: !GetAtt Role.Arn}
  Name: {Value: !Sub '${Name}-${AWS::Region}'}
";

#[test]
fn a_nested_stack_is_evaluated_with_what_it_is_given() {
    let parent = "\
Parameters:
  Free: {Type: String}
Conditions:
  Free: !Equals [!Ref Free, x]
Resources:
  Child:
    Type: AWS::CloudFormation::Stack
    Condition: Free
    Properties: {TemplateURL: ./sub/child.yaml, Parameters: {Name: !Sub 'n-${Free}', Zones: !Join [',', [x, !Ref Free, z]]}}
Outputs:
  Arn: {Value: !GetAtt Child.Outputs.Arn}
  Name: {Value: !Sub '${Child.Outputs.Name}!'}
  No: {Value: !GetAtt Child.Outputs.No}
";
    let tree = Tree::new(&[("parent.yaml", parent), ("sub/child.yaml", CHILD)]);
    let role = tree.resource("Child.Role");
    assert_eq!(role.existence, Existence::Possible(Why::Input("Free".into())));
    assert_eq!(tree.sources.slice(role.span), "Role");
    assert_eq!(tree.property("Child.Role", "RoleName").to_text().unwrap().to_string(), "n-${Free}");
    assert_eq!(tree.property("Child.Role", "Path").as_unknown().unwrap().symbol.name(), "Free");
    assert_eq!(tree.property("Child.Role", "Other").as_unknown().unwrap().symbol.name(), "Child.Left");
    assert_eq!(tree.property("Child.Role", "Stack").as_unknown().unwrap().symbol.name(), "Child.AWS::StackName");
    assert_eq!(tree.output("Arn"), "${Child.Role.Arn}");
    assert_eq!(tree.output("Name"), "n-${Free}-${AWS::Region}!");
    assert!(matches!(tree.why("No"), Why::Error(_)));
    assert_eq!(tree.loaded.calls.len(), 1);
    assert!(tree.loaded.root.errors.is_empty(), "{:?}", tree.loaded.root.errors);
}

#[test]
fn stacks_pass_outputs_on_in_any_order() {
    let parent = "\
Resources:
  First:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: child.yaml, Parameters: {Name: !GetAtt Second.Outputs.Name}}
  Second:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: child.yaml, Parameters: {Name: b}}
";
    let tree = Tree::new(&[("parent.yaml", parent), ("child.yaml", CHILD)]);
    assert_eq!(tree.property("First.Role", "RoleName").to_text().unwrap().to_string(), "b-${AWS::Region}");
}

#[test]
fn what_is_not_there_is_unknown() {
    let parent = "\
Resources:
  S3: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: 'https://s3.amazonaws.com/b/child.yaml'}}
  Outside: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: ../child.yaml}}
  Absent: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: none.yaml}}
  Self: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: parent.yaml}}
  A: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: child.yaml, Parameters: {Name: !GetAtt B.Outputs.Name}}}
  B: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: child.yaml, Parameters: {Name: !GetAtt A.Outputs.Name}}}
Outputs:
  S3: {Value: !GetAtt S3.Outputs.X}
  Outside: {Value: !GetAtt Outside.Outputs.X}
  Absent: {Value: !GetAtt Absent.Outputs.X}
  Self: {Value: !GetAtt Self.Outputs.X}
";
    let tree = Tree::new(&[("parent.yaml", parent), ("child.yaml", CHILD), ("../child.yaml", CHILD)]);
    for name in ["S3", "Outside", "Absent"] {
        assert!(matches!(tree.why(name), Why::Absent(_)), "{name}");
    }
    assert!(matches!(tree.why("Self"), Why::Cycle(_)));
    assert!(!tree.property("A.Role", "RoleName").is_wholly_known());
}

#[test]
fn stacks_that_double_with_every_level_end() {
    let level = |next: usize| {
        format!(
            "Resources:\n  A: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: t{next}.yaml}}}}\n  \
             B: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: t{next}.yaml}}}}\n"
        )
    };
    let files: Vec<(String, String)> = (0..30).map(|index| (format!("t{index}.yaml"), level(index + 1))).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    assert!(Tree::new(&files).loaded.root.resources.len() < 1_000_000);
}

#[test]
fn included_files_stand_where_they_are_named() {
    let template = "\
Transform: {Name: AWS::Include, Parameters: {Location: top.yaml}}
Resources:
  A:
    Type: AWS::X::Y
    Properties:
      Own: 1
      'Fn::Transform': {Name: AWS::Include, Parameters: {Location: ./properties.json}}
      List:
        Fn::Transform: {Name: AWS::Include, Parameters: {Location: list.yaml}}
      Tag: !Transform {Name: AWS::Include, Parameters: {Location: list.yaml}}
      Rain: !Rain::Include list.yaml
      Remote: {'Fn::Transform': {Name: AWS::Include, Parameters: {Location: 's3://bucket/x.yaml'}}}
      Outside: {'Fn::Transform': {Name: AWS::Include, Parameters: {Location: /etc/passwd}}}
  'Fn::Transform': {Name: AWS::Include, Parameters: {Location: resources.yaml}}
";
    let tree = Tree::new(&[
        ("template.yaml", template),
        ("top.yaml", "Mappings:\n  M: {a: {b: c}}\nResources:\n  T: {Type: AWS::X::Z}\n"),
        ("properties.json", r#"{"Deep": {"Fn::FindInMap": ["M", "a", "b"]}, "Own": 2}"#),
        ("list.yaml", "[x, !Ref AWS::Region]\n"),
        ("resources.yaml", "# é\nB:\n  Type: AWS::X::Y\n  Properties: {P: 'é'}\n"),
    ]);
    assert!(tree.loaded.root.errors.is_empty(), "{:?}", tree.loaded.root.errors);
    let addresses: Vec<&str> = tree.loaded.root.resources.iter().map(|resource| &*resource.address).collect();
    assert_eq!(addresses, ["A", "B", "T"]);
    assert_eq!(tree.property("A", "Deep").as_str(), Some("c"));
    assert_eq!(tree.property("A", "Own").to_text().unwrap().to_string(), "1");
    for name in ["List", "Tag", "Rain"] {
        assert_eq!(tree.property("A", name).as_list().unwrap().items()[0].as_str(), Some("x"), "{name}");
    }
    assert!(tree.property("A", "Remote").is_unknown());
    assert!(tree.property("A", "Outside").is_unknown());
    let place = tree.property("B", "P").origin.unwrap();
    assert_eq!(tree.sources.slice(place), "'é'");
    assert_eq!(tree.sources.get(place.file).unwrap().shown_path(), "tree/resources.yaml");
}

#[test]
fn files_that_include_themselves_end() {
    let include = "{'Fn::Transform': {Name: AWS::Include, Parameters: {Location: a.yaml}}}";
    let template = format!("Resources:\n  A: {{Type: AWS::X::Y, Properties: {{P: {include}}}}}\n");
    let tree = Tree::new(&[("t.yaml", &template), ("a.yaml", &format!("[x, {include}, {include}]"))]);
    assert_eq!(tree.property("A", "P").as_list().unwrap().len(), 3);
    let broken = Tree::new(&[("t.yaml", &template), ("a.yaml", "[x, ")]);
    assert_eq!(broken.loaded.root.errors[0].path, "tree/a.yaml");
}
